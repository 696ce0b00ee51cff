#include "traversal/matrix_run.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>

#include "traversal/predict.h"

namespace traversal {
namespace {

std::vector<Host> hosts_of(const std::map<std::string, RegisteredHost>& registered) {
  std::vector<Host> hosts;
  for (const auto& [name, host] : registered) {
    hosts.push_back({.name = name,
                     .behavior = host.behavior,
                     .local = host.local ? net::to_string(*host.local) : "",
                     .external = net::to_string(host.external)});
  }
  return hosts;
}

}  // namespace

MatrixRun::MatrixRun(const std::map<std::string, RegisteredHost>& registered, std::vector<NamePair> pairs, JobPlan plan,
                     net::TimePoint start)
    : matrix_{.hosts = hosts_of(registered), .pairs = std::vector<PairOutcome>(pairs.size())},
      pairs_(std::move(pairs)),
      plan_(std::move(plan)),
      start_(start),
      waiting_(pairs_.size()) {
  std::iota(waiting_.begin(), waiting_.end(), std::size_t{0});
  std::map<std::string, std::size_t> known;
  const auto index_of = [&](const std::string& name) {
    const auto [at, is_new] = known.emplace(name, hosts_.size());
    if (is_new) hosts_.push_back(registered.at(name));
    return at->second;
  };
  for (const NamePair& pair : pairs_) host_indices_.push_back({index_of(pair[0]), index_of(pair[1])});
}

// Hosts are looked up once, not once a pair: thousands of pairs wait in a large matrix.
std::vector<MatrixRun::Due> MatrixRun::take_due(const std::function<HostState(const std::string&)>& state_of) {
  std::vector<HostState> states;
  std::transform(hosts_.begin(), hosts_.end(), std::back_inserter(states),
                 [&](const RegisteredHost& host) { return state_of(host.name); });
  std::vector<Due> due;
  std::erase_if(waiting_, [&](std::size_t index) {
    const auto [a, b] = host_indices_[index];
    const bool a_gone = states[a] == HostState::Gone;
    if (a_gone || states[b] == HostState::Gone) {
      due.push_back({index, hosts_[a_gone ? a : b].name});
      return true;
    }
    if (states[a] != HostState::Idle || states[b] != HostState::Idle) return false;
    states[a] = states[b] = HostState::Busy;
    due.push_back({index, std::nullopt});
    return true;
  });
  return due;
}

Prediction MatrixRun::predicted(std::size_t index) const {
  const RegisteredHost& a = hosts_[host_indices_[index][0]];
  const RegisteredHost& b = hosts_[host_indices_[index][1]];
  return same_nat(a, b) ? Prediction::SameNat : predict(a.behavior, b.behavior).result;
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
