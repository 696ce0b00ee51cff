#pragma once
// Guesses at the next external port, and how often they are right.
//
// What is predicted is what traversal needs: a socket has just asked a reflector and knows the external endpoint it has
// towards it; which one will it have towards the next new address, a peer's? Three guesses, all at the external address
// it has now. An endpoint-independent mapping keeps the endpoint, so there the first guess is always right; the guesses
// do not foretell the first mapping of another socket.
//
// A prediction is three offsets to the port just seen, learned from earlier such steps: none, or a multiple of the
// NAT's step. It is measured on steps it was not learned from.

#include <array>
#include <string>
#include <vector>

#include "net/endpoint.h"
#include "probe/binomial_interval.h"

namespace probe {

inline constexpr std::size_t port_guesses = 3;

// The likeliest first.
struct PortOffsets {
  std::array<int, port_guesses> offsets{0, 1, 2};
  friend bool operator==(const PortOffsets&, const PortOffsets&) = default;
};
[[nodiscard]] std::string to_string(const PortOffsets& offsets);  // "0, +1, +2"

// One socket towards a new address, straight after another.
struct PortStep {
  std::size_t index = 0;  // of the later one in the log
  net::Endpoint seen;
  net::Endpoint next;
};
using PortStepsSeen = std::vector<PortStep>;

[[nodiscard]] PortOffsets learn(const PortStepsSeen& steps);
[[nodiscard]] std::array<net::Endpoint, port_guesses> guesses(const PortOffsets& offsets, const net::Endpoint& seen);
[[nodiscard]] bool hits(const PortOffsets& offsets, const PortStep& step);

// Every step predicted by what was learned from the others: each by itself where they are few, else in ten parts
// (cross-validation).
struct HitRate {
  std::size_t hits = 0;
  std::size_t trials = 0;

  [[nodiscard]] double estimate() const {
    return trials == 0 ? 0 : static_cast<double>(hits) / static_cast<double>(trials);
  }
  [[nodiscard]] ShareInterval interval() const { return exact_interval(hits, trials); }
};
[[nodiscard]] HitRate measure(const PortStepsSeen& steps);

}  // namespace probe
