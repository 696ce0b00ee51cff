#include "traversal/matrix_order.h"

#include <algorithm>
#include <map>
#include <set>

namespace traversal {
namespace {

net::Unexpected<Refusal> senseless(std::string reason) {
  return net::Unexpected(Refusal{Malformed, std::move(reason)});
}

std::vector<std::string> all_strategies() {
  std::vector<std::string> names;
  for (const Strategy& strategy : strategies()) names.emplace_back(strategy.name);
  return names;
}

}  // namespace

net::Result<JobPlan, Refusal> plan_of(const MatrixRequest& request) {
  if (request.trials < 1 || request.trials > most_trials) return senseless("trials: 1 to 1000");
  if (request.hold > longest_hold) return senseless("hold: at most a minute");
  using Names = std::vector<std::string>;
  JobPlan plan{.trials = request.trials, .hold = request.hold};
  if (request.strategies.empty() || request.strategies == Names{"best"}) return plan;
  plan.every_strategy = true;
  plan.strategies = request.strategies == Names{"all"} ? all_strategies() : request.strategies;
  for (const std::string& name : plan.strategies) {
    if (find_strategy(name) == nullptr) return senseless("no such strategy: " + name);
  }
  return plan;
}

std::vector<IndexPair> pairs_of(const MatrixOrder& order) {
  if (order.request.pairs.empty()) return every_pair(order.hosts.size());
  std::map<std::string_view, std::uint32_t> index_of;
  for (const Host& host : order.hosts) index_of.emplace(host.name, static_cast<std::uint32_t>(index_of.size()));
  std::vector<IndexPair> pairs;
  std::set<IndexPair> known;
  for (const auto& [a, b] : order.request.pairs) {
    const IndexPair pair = {index_of.at(a), index_of.at(b)};
    if (known.insert({std::min(pair[0], pair[1]), std::max(pair[0], pair[1])}).second) pairs.push_back(pair);
  }
  return pairs;
}

}  // namespace traversal
