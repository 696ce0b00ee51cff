#pragma once
// One matrix asked for: the pairs that wait, run and are done. Pure bookkeeping; the rendezvous runs the jobs.

#include <functional>
#include <optional>
#include <vector>

#include "traversal/pair_job.h"
#include "traversal/schedule.h"
#include "traversal/summary.h"

namespace traversal {

class MatrixRun {
 public:
  MatrixRun(std::vector<Host> hosts, std::vector<NamePair> pairs, JobPlan plan, net::TimePoint start);

  // The first waiting pair that `startable` accepts; it is waiting no more.
  [[nodiscard]] std::optional<std::size_t> take_next(const std::function<bool(const NamePair&)>& startable);
  [[nodiscard]] const NamePair& pair(std::size_t index) const { return pairs_[index]; }
  void close(std::size_t index, PairOutcome outcome, net::TimePoint now);

  [[nodiscard]] const JobPlan& plan() const { return plan_; }
  [[nodiscard]] std::size_t done() const { return done_; }
  [[nodiscard]] std::size_t total() const { return pairs_.size(); }
  [[nodiscard]] bool finished() const { return done_ == pairs_.size(); }
  [[nodiscard]] const std::vector<MatrixRow>& rows() const { return rows_; }  // when finished

 private:
  Matrix matrix_;
  std::vector<NamePair> pairs_;
  JobPlan plan_;
  net::TimePoint start_;
  std::vector<std::size_t> waiting_;
  std::size_t done_ = 0;
  std::vector<MatrixRow> rows_;
};

}  // namespace traversal
