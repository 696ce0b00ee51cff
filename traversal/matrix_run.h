#pragma once
// One matrix asked for: the pairs that wait, run and are done. Pure bookkeeping; the rendezvous runs the jobs.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "traversal/job_outline.h"
#include "traversal/matrix_order.h"
#include "traversal/registry.h"
#include "traversal/summary.h"

namespace traversal {

class MatrixRun {
 public:
  // What the order says of its hosts holds for the whole run.
  MatrixRun(MatrixOrder order, net::TimePoint start, bool sprays = true, bool tcp = true);

  // What became of a host; it matters only where the matrix has that host.
  void set(const std::string& name, HostState state) {
    if (const auto index = index_of(name)) queue_.set(*index, state);
  }
  [[nodiscard]] std::optional<std::uint32_t> index_of(const std::string& name) const;

  [[nodiscard]] PairQueue& queue() { return queue_; }
  [[nodiscard]] const std::vector<RegisteredHost>& hosts() const { return hosts_; }
  [[nodiscard]] const std::vector<IndexPair>& pairs() const { return pairs_; }
  [[nodiscard]] const JobPlan& plan() const { return plan_; }
  [[nodiscard]] PerSide<const RegisteredHost*> pair(std::uint32_t index) const;
  [[nodiscard]] Prediction predicted(std::uint32_t index) const { return kind(index).predicted; }
  [[nodiscard]] const JobOutline& outline(std::uint32_t index) const { return kind(index).outline; }  // but the targets
  // An outcome of this pair without attempts.
  [[nodiscard]] PairOutcome blank(std::uint32_t index, Outcome outcome, std::string why) const;

  void close(std::uint32_t index, PairOutcome outcome, net::TimePoint now);  // the first outcome counts

  [[nodiscard]] std::size_t done() const { return done_; }
  [[nodiscard]] std::size_t total() const { return pairs_.size(); }
  [[nodiscard]] bool finished() const { return done_ == pairs_.size(); }
  [[nodiscard]] const std::vector<MatrixRow>& rows() const { return rows_; }  // when finished; pairs by name

 private:
  Matrix matrix_;
  std::vector<RegisteredHost> hosts_;
  std::map<std::string, std::uint32_t, std::less<>> index_of_;
  std::vector<IndexPair> pairs_;
  std::vector<bool> closed_;
  JobPlan plan_;
  PairQueue queue_;
  net::TimePoint start_;
  std::size_t done_ = 0;
  std::vector<MatrixRow> rows_;
  struct Kind {
    Prediction predicted = Prediction::Unknown;
    JobOutline outline;
  };
  mutable std::map<unsigned, Kind> kinds_;  // by what they depend on: pairs are many, kinds of pairs few

  [[nodiscard]] const Kind& kind(std::uint32_t index) const;
};

}  // namespace traversal
