#pragma once
// The theory of hole punching: what two NAT behaviours allow. Derived from the two RFC 4787 enums by playing all
// packets to the end (traversal/exploration.h), never looked up.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/nat_behavior.h"
#include "traversal/matrix.h"

namespace traversal {

enum class Path : std::uint8_t {
  SameFiveTuple,  // both directions can use one pair of endpoints: observed as `direct`
  TwoFiveTuples,  // each direction works on its own pair: observed as `asymmetric`
};

struct Theory {
  Prediction result = Prediction::Unknown;
  std::optional<Path> path;           // when direct
  std::optional<unsigned> guesses;    // 0, 1 or 2 in turn; empty when two at once, or not applicable
  std::vector<std::string> guessers;  // who may guess: "A", "B"; "AA", "AB", "BB" for two in turn
  std::string one_way;                // "a->b", "b->a" or "none": what passes without any guess, when not direct
  friend bool operator==(const Theory&, const Theory&) = default;
};

// What port allocation makes of a guess.
enum class Effort : std::uint8_t {
  Direct,       // no guess needed
  Predict,      // a measured step or equality predicts the port
  PredictBoth,  // both steps at once
  Spray,        // a birthday search
  SprayTwice,   // two, one after the other
  Costly,       // every probe has one chance in 65,536
  Impractical,  // about 54,600 probes from each side for one chance in two
};

// Whether the mapping depends on the destination, and whether the port of the next one can be told from the last. What
// maps to one port for every destination while that is free (Linux) is in effect endpoint-independent.
[[nodiscard]] net::NatBehavior in_effect(net::NatBehavior behavior);
[[nodiscard]] bool dependent(const net::NatBehavior& behavior);    // in effect
[[nodiscard]] bool predictable(const net::NatBehavior& behavior);  // false where it was not measured

[[nodiscard]] std::string_view to_string(Path path);      // "same-5-tuple", "two-5-tuples"
[[nodiscard]] std::string_view to_string(Effort effort);  // "direct", "predict", "predict_both", "spray", ...

// By mapping and filtering alone. A behaviour that was not measured is tried with every value: where all agree the
// result is known all the same, else it is Unknown. SameNat is not for this function: it sees no addresses.
[[nodiscard]] Theory predict(const net::NatBehavior& a, const net::NatBehavior& b);

// With port allocation too. Empty when UDP is blocked, or when a field that matters was not measured.
[[nodiscard]] std::optional<Effort> effort(const net::NatBehavior& a, const net::NatBehavior& b);

}  // namespace traversal
