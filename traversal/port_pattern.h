#pragma once
// How a NAT's external ports follow each other, as far as its host's own probe could tell: what a prediction and a
// search go by. Which ports may be guessed at all is decided here, too.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "net/endpoint.h"
#include "net/random.h"

namespace traversal {

inline constexpr unsigned lowest_port = 1024;
inline constexpr unsigned highest_port = 65535;

struct PortRange {
  unsigned first = lowest_port;  // both ends included
  unsigned last = highest_port;
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

struct PortPattern {
  int step = 1;                    // from one new mapping to the next, of preserving and sequential allocation
  std::optional<PortRange> range;  // that all ports lie in: a block (RFC 6888, RFC 7422), or a part of the whole
  friend bool operator==(const PortPattern&, const PortPattern&) = default;
};

// From 1,024 up, and none of those that services listen at: what arrives there must not look like a request to one.
[[nodiscard]] bool may_be_guessed(unsigned port);

// The endpoints of the next `count` new mappings after `seen`, within the range; those that may not be guessed left
// out.
[[nodiscard]] std::vector<net::Endpoint> following(const net::Endpoint& seen, const PortPattern& pattern,
                                                   std::size_t count);

// How many ports a search has to choose from.
[[nodiscard]] std::size_t pool_size(const PortPattern& pattern);
// `count` different ones of them at random, at most all.
[[nodiscard]] std::vector<std::uint16_t> drawn_ports(const PortPattern& pattern, std::size_t count,
                                                     net::Random& random);

}  // namespace traversal
