#include "probe/assist_finding.h"

#include <algorithm>

#include "probe/allocation_finding.h"
#include "probe/assist_answers.h"
#include "probe/assist_sequence.h"

namespace probe {
namespace {

constexpr double chance_of_one_port = 1.0 / 64512;

// What stands in the way of anything that takes a host behind the same NAT; empty: nothing.
std::string why_no_second_host(const AssistPlace& place) {
  if (place.same_nat()) return {};
  if (place.word == "no-nat") return "nothing is translated";
  return place.why;
}

// The mapping was independent of the destination before they met. One of two sockets shows it: the other one's port may
// have been somebody else's already.
bool independent_before(const ObservationLog& log, const net::Endpoint& assistant) {
  const auto seen = assist_observations(log, assist_place_queries(log, assistant));
  const auto same = [&](std::size_t one, std::size_t other) {
    return assist_external(seen[one]) && assist_external(seen[one]) == assist_external(seen[other]);
  };
  return seen.size() == 4 && (same(0, 2) || same(1, 3));
}

void conclude_complete(NamedFinding& out, const ObservationLog& log, const AssistCollision& collision) {
  std::vector<net::Endpoint> seen;
  for (const Observation* one : collision.seen) {
    seen.push_back(*assist_external(one));
    out.finding.evidence.push_back(static_cast<std::size_t>(one - log.data()));
  }
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  if (seen[0].address != seen[1].address) {
    out.finding.why = "the two hosts had different external addresses, where each may have the port";
    return;
  }
  const bool independent = assist_independent_after_collision(log).value_or(false);
  out.figures["first_kept"] = seen[4] == seen[0];
  out.figures["independent"] = independent;
  const bool before = independent_before(log, assist_greeting(log)->query.to);
  if (seen[0] == seen[1]) {
    out.finding.value = "shared";
  } else {
    out.finding.value = before && !independent ? "becomes-dependent" : "moved";
  }
  out.finding.confidence = 1 - chance_of_one_port;
}

}  // namespace

NamedFinding conclude_assistant(const ObservationLog& log) {
  NamedFinding out{.name = "assistant"};
  const AssistPlace place = assist_place(log);
  out.finding.why = place.why;
  out.finding.evidence = place.evidence;
  std::sort(out.finding.evidence.begin(), out.finding.evidence.end());
  if (place.external) out.figures["its_external"] = net::to_string(*place.external);
  if (place.hops) out.figures["hops"] = static_cast<double>(*place.hops);
  if (place.word.empty()) return out;
  out.finding.value = place.word;
  out.finding.confidence = 1;
  return out;
}

NamedFinding conclude_collision(const ObservationLog& log) {
  NamedFinding out{.name = "collision"};
  out.finding.why = why_no_second_host(assist_place(log));
  if (!out.finding.why.empty()) return out;
  const AssistCollision collision = assist_collision(log);
  if (collision.complete) {
    conclude_complete(out, log, collision);
  } else if (collision.no_port_kept) {
    out.finding.value = "no-collision";
    out.finding.confidence = 1 - chance_of_one_port;
    for (const Observation* one : collision.seen) {
      out.finding.evidence.push_back(static_cast<std::size_t>(one - log.data()));
    }
  } else {
    out.finding.why = collision.why;
  }
  return out;
}

NamedFinding conclude_allocation_scope(const ObservationLog& log) {
  NamedFinding out{.name = "allocation-scope"};
  auto& [value, confidence, evidence, why] = out.finding;
  why = why_no_second_host(assist_place(log));
  if (!why.empty()) return out;
  const NamedFinding allocation = conclude_allocation(log);
  const std::string word = allocation.finding.value ? to_string(*allocation.finding.value) : std::string();
  if (shares_no_ports(word)) {
    out.finding = {.value = "none", .confidence = allocation.finding.confidence, .evidence = allocation.finding.evidence};
    return out;
  }
  AssistScope scope = assist_sequence_scope(log);
  if (word == "block") {
    const auto number = [&](const char* name) { return static_cast<unsigned>(std::get<double>(allocation.figures.at(name))); };
    scope = assist_block_scope(log, number("first"), number("last"));
  }
  why = scope.why;
  if (!scope.shared) return out;
  value = *scope.shared ? "global" : "per-host";
  confidence = scope.confidence;
  evidence = scope.evidence;
  return out;
}

}  // namespace probe
