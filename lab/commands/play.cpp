#include "lab/commands/play.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "traversal/matrix_order.h"
#include "traversal/predict.h"

namespace lab {

namespace {

bool listed(const std::vector<traversal::PairOutcome>& pairs, const std::string& a, const std::string& b) {
  return std::ranges::any_of(
      pairs, [&](const auto& pair) { return (pair.a == a && pair.b == b) || (pair.a == b && pair.b == a); });
}

std::string reason(const std::map<std::string, std::string>& hosts, const std::string& name) {
  const auto found = hosts.find(name);
  return found == hosts.end() ? std::string() : fmt::format("{}: {}", name, found->second);
}

traversal::PairOutcome without_outcome(const traversal::Host& a, const traversal::Host& b, const Absences& absences) {
  traversal::PairOutcome out{.a = a.name, .b = b.name, .predicted = traversal::predict(a.behavior, b.behavior).result};
  if (a.behavior.udp_blocked || b.behavior.udp_blocked) {
    out.why = "UDP is blocked on the way of one host";
    return out;
  }
  for (const traversal::Host* host : {&a, &b}) {
    if (out.why.empty()) out.why = reason(absences.lost, host->name);
  }
  if (!out.why.empty()) out.outcome = traversal::Outcome::AgentLost;
  for (const traversal::Host* host : {&a, &b}) {
    if (out.why.empty()) out.why = reason(absences.unreachable, host->name);
  }
  if (out.why.empty()) out.why = absences.whole.empty() ? "one host was not registered" : absences.whole;
  return out;
}

}  // namespace

std::optional<std::string> cannot_be_played(const Scenario& scenario) {
  if (scenario.reflectors.empty()) return "reflectors: there must be at least one, to be asked by the hosts";
  const auto plan = traversal::plan_of({.strategies = scenario.strategies});
  if (!plan) return fmt::format("matrix.strategies: {}", plan.error().reason);
  return std::nullopt;
}

probe::Report report_without_answers(const std::string& why) {
  probe::Report out{.verdict = probe::classify({})};
  out.verdict.mapping.why = out.verdict.filtering.why = why;
  out.started_at = std::chrono::system_clock::now();
  return out;
}

reports::MatrixDocument whole_document(const Scenario& scenario, Probes probes, traversal::Matrix matrix,
                                       const Absences& absences) {
  auto& hosts = matrix.hosts;
  for (const auto& host : scenario.hosts)
    if (std::ranges::find(hosts, host.name, &traversal::Host::name) == hosts.end())
      hosts.push_back({.name = host.name, .behavior = probe::behavior_of(probes.at(host.name).verdict)});
  if (scenario.rendezvous)
    for (auto a = hosts.begin(); a != hosts.end(); ++a)
      for (auto b = a + 1; b != hosts.end(); ++b)
        if (!listed(matrix.pairs, a->name, b->name)) matrix.pairs.push_back(without_outcome(*a, *b, absences));
  return {.matrix = std::move(matrix), .probes = std::move(probes)};
}

}  // namespace lab
