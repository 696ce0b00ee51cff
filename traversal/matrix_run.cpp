#include "traversal/matrix_run.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>

namespace traversal {

MatrixRun::MatrixRun(std::vector<Host> hosts, std::vector<NamePair> pairs, JobPlan plan, net::TimePoint start)
    : matrix_{.hosts = std::move(hosts), .pairs = std::vector<PairOutcome>(pairs.size())},
      pairs_(std::move(pairs)),
      plan_(std::move(plan)),
      start_(start),
      waiting_(pairs_.size()) {
  std::iota(waiting_.begin(), waiting_.end(), std::size_t{0});
  std::map<std::string, std::size_t> known;
  const auto index_of = [&](const std::string& name) {
    const auto [at, is_new] = known.emplace(name, names_.size());
    if (is_new) names_.push_back(name);
    return at->second;
  };
  for (const NamePair& pair : pairs_) name_indices_.push_back({index_of(pair[0]), index_of(pair[1])});
}

// Hosts are looked up once, not once a pair: thousands of pairs wait in a large matrix.
std::vector<MatrixRun::Due> MatrixRun::take_due(const std::function<HostState(const std::string&)>& state_of) {
  std::vector<HostState> states;
  std::transform(names_.begin(), names_.end(), std::back_inserter(states), state_of);
  std::vector<Due> due;
  std::erase_if(waiting_, [&](std::size_t index) {
    const auto [a, b] = name_indices_[index];
    const bool a_gone = states[a] == HostState::Gone;
    if (a_gone || states[b] == HostState::Gone) {
      due.push_back({index, names_[a_gone ? a : b]});
      return true;
    }
    if (states[a] != HostState::Idle || states[b] != HostState::Idle) return false;
    states[a] = states[b] = HostState::Busy;
    due.push_back({index, std::nullopt});
    return true;
  });
  return due;
}

void MatrixRun::close(std::size_t index, PairOutcome outcome, net::TimePoint now) {
  matrix_.pairs[index] = std::move(outcome);
  if (++done_ < pairs_.size()) return;
  matrix_.duration = now - start_;
  std::sort(matrix_.pairs.begin(), matrix_.pairs.end(),
            [](const auto& x, const auto& y) { return std::tie(x.a, x.b) < std::tie(y.a, y.b); });
  rows_ = rows_of(matrix_);
}

}  // namespace traversal
