#pragma once
// A link between a node and the one above it: seeded delay, jitter, loss, duplication and reordering, each direction on
// its own. What crosses is decided when a packet enters; links have no bandwidth and no queue.

#include <array>
#include <cstddef>

#include "net/random.h"
#include "net/time.h"

namespace lab {

struct LinkProfile {
  net::Duration delay{};   // of every packet
  net::Duration jitter{};  // uniform in [0, jitter] on top, for each copy
  double loss = 0;         // probabilities, 0 to 1
  double duplication = 0;  // a second copy; loss strikes each copy
  double reordering = 0;   // the packet waits `reordering_delay` longer, so that later ones overtake it
  net::Duration reordering_delay = std::chrono::milliseconds(20);

  friend bool operator==(const LinkProfile&, const LinkProfile&) = default;
};

struct Link {
  LinkProfile up;    // from the node towards the core
  LinkProfile down;  // from the core towards the node
  bool cut = false;

  friend bool operator==(const Link&, const Link&) = default;
};

[[nodiscard]] Link both_ways(const LinkProfile& profile);

// The delays of the copies of one packet that arrive: none (lost), one, or two (duplicated).
struct Arrivals {
  std::array<net::Duration, 2> delays{};
  std::size_t count = 0;

  [[nodiscard]] const net::Duration* begin() const { return delays.data(); }
  [[nodiscard]] const net::Duration* end() const { return delays.data() + count; }
};
[[nodiscard]] Arrivals arrivals(const LinkProfile& profile, net::Random& chance);

}  // namespace lab
