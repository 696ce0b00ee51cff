#pragma once
// A link between a node and the one above it: seeded delay, jitter, loss, duplication and reordering, and a rate, a
// queue and an MTU, each direction on its own. What crosses, and when, is decided when a packet enters.
//
// A packet waits until the line is free, occupies it for its size at the rate, and then takes the delay; chance strikes
// on the way, so what is lost has occupied the line too. Reliable packets (lab/packet.h) wait as long as they must and
// are of any size.

#include <array>
#include <cstddef>
#include <cstdint>

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
  std::uint64_t rate = 0;                                // bits of IP packets per second; 0: no limit
  net::Duration queue = std::chrono::milliseconds(100);  // what would wait longer for the line is dropped (drop-tail)
  std::uint16_t mtu = 0;                                 // bytes of an IP packet; 0: no limit

  friend bool operator==(const LinkProfile&, const LinkProfile&) = default;
};

enum class Way : std::uint8_t { Up, Down };  // from the node towards the core, and back

struct Link {
  LinkProfile up;
  LinkProfile down;
  bool cut = false;

  [[nodiscard]] const LinkProfile& direction(Way way) const { return way == Way::Up ? up : down; }

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

// How long the bits of a packet occupy the line.
[[nodiscard]] net::Duration serialization(const LinkProfile& profile, std::size_t bytes);

}  // namespace lab
