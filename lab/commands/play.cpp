#include "lab/commands/play.h"

#include <algorithm>

#include "traversal/predict.h"

namespace lab {

namespace {

bool listed(const std::vector<traversal::PairOutcome>& pairs, const std::string& a, const std::string& b) {
  return std::ranges::any_of(
      pairs, [&](const auto& pair) { return (pair.a == a && pair.b == b) || (pair.a == b && pair.b == a); });
}

traversal::PairOutcome not_run(const traversal::Host& a, const traversal::Host& b) {
  const bool blocked = a.behavior.udp_blocked || b.behavior.udp_blocked;
  return {.a = a.name,
          .b = b.name,
          .predicted = traversal::predict(a.behavior, b.behavior).result,
          .why = blocked ? "UDP is blocked on the way of one host" : "one host was not registered"};
}

}  // namespace

bool can_take_part(const probe::Report& probe) { return !probe::behavior_of(probe.verdict).udp_blocked; }

reports::MatrixDocument whole_document(const Scenario& scenario, Probes probes, traversal::Matrix matrix) {
  auto& hosts = matrix.hosts;
  for (const auto& host : scenario.hosts)
    if (std::ranges::find(hosts, host.name, &traversal::Host::name) == hosts.end())
      hosts.push_back({.name = host.name, .behavior = probe::behavior_of(probes.at(host.name).verdict)});
  if (scenario.rendezvous)
    for (auto a = hosts.begin(); a != hosts.end(); ++a)
      for (auto b = a + 1; b != hosts.end(); ++b)
        if (!listed(matrix.pairs, a->name, b->name)) matrix.pairs.push_back(not_run(*a, *b));
  return {.matrix = std::move(matrix), .probes = std::move(probes)};
}

}  // namespace lab
