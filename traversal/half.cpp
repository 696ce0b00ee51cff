#include "traversal/half.h"

#include <algorithm>

namespace traversal {
namespace {

Outcome outcome_of(const Half& a, const Half& b) {
  const auto [least, most] = std::minmax(a.proof, b.proof);
  if (least == Proof::SamePath) return Outcome::Direct;
  if (least == Proof::TwoPaths) return Outcome::Asymmetric;
  if (most == Proof::None && a.heard != b.heard) return Outcome::OneWay;
  return Outcome::Failed;
}

std::string first_missing_step(const PerSide<Half>& halves, const PerSide<std::string>& names) {
  const Half& a = halves[Side::A];
  const Half& b = halves[Side::B];
  if (!a.heard && !b.heard) return "no check arrived at either side";
  if (!a.heard || !b.heard) return "no check arrived at " + names[a.heard ? Side::B : Side::A];
  if (a.proof == Proof::None && b.proof == Proof::None) return "checks arrived at both sides, no answer did";
  return "no answer arrived at " + names[a.proof == Proof::None ? Side::A : Side::B];
}

}  // namespace

std::string join(const PerSide<Half>& halves, const PerSide<std::string>& names, Attempt& attempt) {
  const Half& a = halves[Side::A];
  const Half& b = halves[Side::B];
  attempt.outcome = outcome_of(a, b);
  attempt.packets_a = a.packets;
  attempt.packets_b = b.packets;
  attempt.ports_a = a.ports;
  attempt.ports_b = b.ports;
  attempt.held_a = a.held;
  attempt.held_b = b.held;
  if (connected(attempt.outcome)) {
    attempt.time_to_connect = std::max(a.proven_after, b.proven_after);
  } else {
    attempt.why = first_missing_step(halves, names);
  }
  if (attempt.outcome != Outcome::OneWay) return {};
  return b.heard ? "a-to-b" : "b-to-a";
}

}  // namespace traversal
