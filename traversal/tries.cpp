#include "traversal/tries.h"

namespace traversal {

std::vector<Try> tries_for(const Pairing& pair, const JobPlan& plan) {
  std::vector<Try> tries;
  for (const std::string& name : plan.strategies.empty() ? best_strategies(pair) : plan.strategies) {
    const Strategy* strategy = find_strategy(name);
    std::string obstacle = strategy == nullptr ? "no such strategy" : obstacle_to(*strategy, pair);
    if (obstacle.empty() && strategy->search && !plan.sprays) obstacle = "an open rendezvous asks for no sprays";
    if (obstacle.empty() && strategy->tcp && !plan.tcp) obstacle = "this rendezvous sees no plain TCP connections";
    const bool refused_before = !obstacle.empty() && !tries.empty() && tries.back().strategy == name;
    if (!refused_before) tries.push_back({name, std::move(obstacle)});
  }
  return tries;
}

}  // namespace traversal
