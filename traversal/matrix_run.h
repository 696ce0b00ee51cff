#pragma once
// One matrix asked for: the pairs that wait, run and are done. Pure bookkeeping; the rendezvous runs the jobs.

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "traversal/pair_job.h"
#include "traversal/registry.h"
#include "traversal/schedule.h"
#include "traversal/summary.h"

namespace traversal {

enum class HostState : std::uint8_t { Idle, Busy, Gone };

class MatrixRun {
 public:
  // `registered` holds every host of `pairs`; what it says of them holds for the whole run.
  MatrixRun(const std::map<std::string, RegisteredHost>& registered, std::vector<NamePair> pairs, JobPlan plan,
            net::TimePoint start);

  // Waiting pairs that have come due, in order; they are waiting no more. A pair whose hosts are both idle is to start,
  // and makes them busy for the pairs behind it; a pair with a host that is gone is to be closed.
  struct Due {
    std::size_t index;
    std::optional<std::string> gone;  // this host; empty: to start
  };
  [[nodiscard]] std::vector<Due> take_due(const std::function<HostState(const std::string&)>& state_of);
  [[nodiscard]] const NamePair& pair(std::size_t index) const { return pairs_[index]; }
  [[nodiscard]] Prediction predicted(std::size_t index) const;
  void close(std::size_t index, PairOutcome outcome, net::TimePoint now);

  [[nodiscard]] const JobPlan& plan() const { return plan_; }
  [[nodiscard]] std::size_t done() const { return done_; }
  [[nodiscard]] std::size_t total() const { return pairs_.size(); }
  [[nodiscard]] bool finished() const { return done_ == pairs_.size(); }
  [[nodiscard]] const std::vector<MatrixRow>& rows() const { return rows_; }  // when finished; pairs by name

 private:
  Matrix matrix_;
  std::vector<NamePair> pairs_;
  JobPlan plan_;
  net::TimePoint start_;
  std::vector<RegisteredHost> hosts_;                     // of all pairs, as registered at the start
  std::vector<std::array<std::size_t, 2>> host_indices_;  // of each pair, into hosts_
  std::vector<std::size_t> waiting_;
  std::size_t done_ = 0;
  std::vector<MatrixRow> rows_;
};

}  // namespace traversal
