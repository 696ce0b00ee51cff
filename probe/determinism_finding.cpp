#include "probe/determinism_finding.h"

#include <algorithm>

#include "probe/assist_answers.h"
#include "probe/determinism_answers.h"
#include "probe/discovery.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using enum DeterminismQuestion;

constexpr double chance_of_same_port = 1.0 / 64512;

std::optional<bool> equal(const ObservationLog& log, DeterminismQuestion one, DeterminismQuestion two) {
  const auto first = external_of(log, one);
  const auto second = external_of(log, two);
  return first && second ? std::optional(*first == *second) : std::nullopt;
}

std::optional<bool> both(std::optional<bool> one, std::optional<bool> two) {
  return one && two ? std::optional(*one && *two) : std::nullopt;
}

// What a port mapping of ours on the port it wanted made of a flow; empty where it got that port all the same.
std::optional<bool> independent_beside_a_mapping(const ObservationLog& log) {
  const Observation* seen = answer_to(log, Mapped);
  const auto one = external_of(log, Mapped);
  const auto other = external_of(log, MappedElsewhere);
  if (!one || !other || !seen->local) return std::nullopt;
  const bool collided = one->port != seen->local->port || other->port != seen->local->port;
  return collided ? std::optional(*one == *other) : std::nullopt;
}

struct Circumstances {
  std::optional<bool> independent;  // of the destination, to begin with
  std::optional<bool> same_after_idle;
  std::optional<bool> independent_after_collision;
  bool keeps_ports = false;
};

Circumstances circumstances(const ObservationLog& log) {
  Circumstances out{
      .independent = equal(log, BeforeIdle, BeforeIdleElsewhere),
      .same_after_idle = equal(log, BeforeIdle, AfterIdle),
      .independent_after_collision = both(equal(log, SecondElsewhere, Second), equal(log, First, FirstElsewhere))};
  if (!out.independent_after_collision) out.independent_after_collision = independent_beside_a_mapping(log);
  if (!out.independent_after_collision) out.independent_after_collision = assist_independent_after_collision(log);
  // A destination that is new after the idle time belongs to the same mapping, where destinations do not matter.
  if (out.independent == true)
    out.same_after_idle = both(out.same_after_idle, equal(log, BeforeIdle, AfterIdleNewPort));
  const Observation* seen = answer_to(log, BeforeIdle);
  const auto external = external_of(log, BeforeIdle);
  out.keeps_ports = external && seen->local && seen->local->port == external->port && *seen->local != *external;
  return out;
}

std::string why_no_collision(const ObservationLog& log) {
  for (const auto question : {First, SecondElsewhere, Second, FirstElsewhere}) {
    const Observation* seen = answer_to(log, question);
    if (seen == nullptr) break;
    if (!answered(*seen))
      return "the second local address was of no use: " + (seen->note.empty() ? "no answer" : seen->note);
  }
  return std::string("the same while the port is free; whether a collision changes it takes a second local address ") +
         (external_of(log, MappedElsewhere)
              ? "on one port: a port mapping of the gateway takes its port from no other flow"
              : "on one port, or a gateway that maps ports (port-mapping)");
}

std::string circumstance_word(bool same) { return same ? "same" : "changed"; }

}  // namespace

NamedFinding conclude_determinism(const ObservationLog& log) {
  NamedFinding out{.name = "determinism"};
  auto& [value, confidence, evidence, why] = out.finding;
  const Circumstances seen = circumstances(log);
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Query& query = log[i].query;
    const bool ours = query.discovery == names::determinism || query.socket == determinism_sockets::mapped;
    if (ours && answered(log[i])) evidence.push_back(i);
  }
  const bool may_collide = seen.keeps_ports && seen.independent == true;
  const auto after_collision = may_collide ? seen.independent_after_collision : std::optional<bool>();
  if (seen.same_after_idle) out.figures["after_idle"] = circumstance_word(*seen.same_after_idle);
  if (after_collision) out.figures["after_collision"] = circumstance_word(*after_collision);
  if (const auto shares = shares_a_port(log)) out.figures["overloading"] = *shares;
  confidence = 1 - chance_of_same_port;
  if (seen.same_after_idle == false) {
    value = "changes-after-idle";
  } else if (after_collision == false) {
    value = "changes-on-collision";
  } else if (seen.same_after_idle && seen.independent && (!may_collide || after_collision)) {
    value = "stable";
  } else {
    confidence = 0;
    why = !seen.same_after_idle || !seen.independent ? "not all questions were answered" : why_no_collision(log);
  }
  return out;
}

}  // namespace probe
