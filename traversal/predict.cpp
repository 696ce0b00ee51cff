#include "traversal/predict.h"

#include <algorithm>
#include <array>

#include "traversal/exploration.h"

namespace traversal {
namespace {

using net::FilteringBehavior;
using net::MappingBehavior;
using net::NatBehavior;
using net::PortAllocation;

constexpr std::string_view letter(Side side) { return side == Side::A ? "A" : "B"; }

Theory direct(const Exploration& end) {
  return {.result = Prediction::Direct,
          .path = end.share_a_path() ? Path::SameFiveTuple : Path::TwoFiveTuples,
          .guesses = 0};
}

// Every world one right guess away, with the name of who guessed.
struct Guess {
  std::string guesser;
  Exploration end;
};
std::vector<Guess> one_guess_from(const Exploration& world) {
  std::vector<Guess> guesses;
  for (const Side side : both_sides) {
    for (const Port port : world.guessable(side))
      guesses.push_back({std::string(letter(side)), world.with_guess(side, port)});
  }
  return guesses;
}

// Two guesses are in turn only if the first makes some packet arrive: else nobody can tell that it was right.
std::vector<Guess> two_guesses_from(const Exploration& world) {
  std::vector<Guess> guesses;
  for (const Guess& first : one_guess_from(world)) {
    if (first.end.arrivals() == world.arrivals()) continue;
    for (Guess& second : one_guess_from(first.end)) guesses.push_back({first.guesser + second.guesser, second.end});
  }
  return guesses;
}

std::vector<std::string> successful_guessers(const std::vector<Guess>& guesses) {
  std::vector<std::string> names;
  for (const Guess& guess : guesses) {
    if (guess.end.both_hear()) names.push_back(guess.guesser);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

Theory explore(const Exploration::Nat& a, const Exploration::Nat& b) {
  const Exploration world(a, b);
  if (world.both_hear()) return direct(world);
  Theory theory{.result = Prediction::Needs2PortsJointly,
                .one_way = world.hears(Side::B)   ? "a->b"
                           : world.hears(Side::A) ? "b->a"
                                                  : "none"};
  if (theory.guessers = successful_guessers(one_guess_from(world)); !theory.guessers.empty()) {
    theory.result = Prediction::Needs1Port;
    theory.guesses = 1;
  } else if (theory.guessers = successful_guessers(two_guesses_from(world)); !theory.guessers.empty()) {
    theory.result = Prediction::Needs2PortsInTurn;
    theory.guesses = 2;
  }
  return theory;
}

// All NATs a measurement leaves possible.
std::vector<Exploration::Nat> completions(const NatBehavior& behavior) {
  constexpr std::array mappings = {MappingBehavior::EndpointIndependent, MappingBehavior::AddressDependent,
                                   MappingBehavior::AddressAndPortDependent};
  constexpr std::array filterings = {FilteringBehavior::EndpointIndependent, FilteringBehavior::AddressDependent,
                                     FilteringBehavior::AddressAndPortDependent};
  std::vector<Exploration::Nat> possible;
  for (const auto mapping : mappings) {
    for (const auto filtering : filterings) {
      const Exploration::Nat nat{behavior.mapping.value_or(mapping), behavior.filtering.value_or(filtering)};
      const bool listed = std::any_of(possible.begin(), possible.end(), [&](const auto& known) {
        return known.mapping == nat.mapping && known.filtering == nat.filtering;
      });
      if (!listed) possible.push_back(nat);
    }
  }
  return possible;
}

Effort effort_of_guessing(const std::string& guesser, const NatBehavior& a, const NatBehavior& b) {
  if (predictable(guesser.front() == 'A' ? b : a)) return Effort::Predict;
  return guesser.size() == 1 ? Effort::Spray : Effort::SprayTwice;
}

// Both ports at once. One predictable side that keeps one port for the other's address stands still for a search; one
// that takes a new port for every destination port moves with each probe.
Effort effort_of_guessing_both(const NatBehavior& a, const NatBehavior& b) {
  if (predictable(a) && predictable(b)) return Effort::PredictBoth;
  if (!predictable(a) && !predictable(b)) return Effort::Impractical;
  const NatBehavior& steady = predictable(a) ? a : b;
  return steady.mapping == MappingBehavior::AddressDependent ? Effort::Spray : Effort::Costly;
}

}  // namespace

// Linux's way: the same external port for every destination while it is free.
NatBehavior in_effect(NatBehavior behavior) {
  if (behavior.allocation == PortAllocation::PreservingOverloading)
    behavior.mapping = MappingBehavior::EndpointIndependent;
  return behavior;
}

bool dependent(const NatBehavior& behavior) {
  const auto mapping = in_effect(behavior).mapping;
  return mapping == MappingBehavior::AddressDependent || mapping == MappingBehavior::AddressAndPortDependent;
}

// `preserving` takes the next free port for the next mapping, so it is as good as a step of one.
bool predictable(const NatBehavior& behavior) {
  return behavior.allocation && *behavior.allocation != PortAllocation::Random &&
         *behavior.allocation != PortAllocation::Block;
}

std::string_view to_string(Path path) { return path == Path::SameFiveTuple ? "same-5-tuple" : "two-5-tuples"; }

std::string_view to_string(Effort effort) {
  constexpr std::array<std::string_view, 7> words = {"direct",   "predict", "predict_both", "spray",
                                                     "spray_x2", "costly",  "impractical"};
  return words[static_cast<std::size_t>(effort)];
}

Theory predict(const NatBehavior& a, const NatBehavior& b) {
  if (a.udp_blocked || b.udp_blocked) return {.result = Prediction::Impossible};
  std::optional<Theory> agreed;
  for (const auto& nat_a : completions(a)) {
    for (const auto& nat_b : completions(b)) {
      const Theory theory = explore(nat_a, nat_b);
      if (!agreed) agreed = theory;
      if (agreed->result != theory.result) return {};
      if (agreed->path != theory.path) agreed->path.reset();
    }
  }
  return *agreed;
}

std::optional<Effort> effort(const NatBehavior& a, const NatBehavior& b) {
  const NatBehavior seen_a = in_effect(a);
  const NatBehavior seen_b = in_effect(b);
  const Theory theory = predict(seen_a, seen_b);
  if (theory.result == Prediction::Direct) return Effort::Direct;
  if (theory.result == Prediction::Unknown || theory.result == Prediction::Impossible) return std::nullopt;
  if ((dependent(seen_a) && !seen_a.allocation) || (dependent(seen_b) && !seen_b.allocation)) return std::nullopt;
  if (theory.guessers.empty()) return effort_of_guessing_both(seen_a, seen_b);
  Effort least = Effort::Impractical;
  for (const std::string& guesser : theory.guessers)
    least = std::min(least, effort_of_guessing(guesser, seen_a, seen_b));
  return least;
}

}  // namespace traversal
