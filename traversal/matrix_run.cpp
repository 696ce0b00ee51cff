#include "traversal/matrix_run.h"

#include <algorithm>
#include <numeric>

namespace traversal {

MatrixRun::MatrixRun(std::vector<Host> hosts, std::vector<NamePair> pairs, JobPlan plan, net::TimePoint start)
    : matrix_{.hosts = std::move(hosts), .pairs = std::vector<PairOutcome>(pairs.size())},
      pairs_(std::move(pairs)),
      plan_(std::move(plan)),
      start_(start),
      waiting_(pairs_.size()) {
  std::iota(waiting_.begin(), waiting_.end(), std::size_t{0});
}

std::optional<std::size_t> MatrixRun::take_next(const std::function<bool(const NamePair&)>& startable) {
  const auto found =
      std::find_if(waiting_.begin(), waiting_.end(), [&](std::size_t index) { return startable(pairs_[index]); });
  if (found == waiting_.end()) return std::nullopt;
  const std::size_t index = *found;
  waiting_.erase(found);
  return index;
}

void MatrixRun::close(std::size_t index, PairOutcome outcome, net::TimePoint now) {
  matrix_.pairs[index] = std::move(outcome);
  if (++done_ < pairs_.size()) return;
  matrix_.duration = now - start_;
  rows_ = rows_of(matrix_);
}

}  // namespace traversal
