#pragma once
// The largest IP packet that leaves for the reflector undivided (RFC 8899's idea with RFC 1191's means): requests of
// several sizes with DF set, each size until it is answered or has been silent a few times beside controls that were
// answered; between the largest that passed and the smallest that did not, sizes that links have, then halves. Told
// sizes (ICMP "fragmentation needed", "packet too big") only say where to look: anybody can forge one. At the end the
// smallest that did not pass is asked until its silence is proven.

#include <optional>

#include "probe/discovery.h"
#include "probe/repeated_question.h"

namespace probe {

// `size`: bytes of STUN, a multiple of 4, as a STUN message is.
[[nodiscard]] Query mtu_question(const net::Endpoint& reflector, std::uint16_t size);
[[nodiscard]] Query mtu_control(const net::Endpoint& reflector);

struct MtuBounds {
  std::uint16_t passed = 0;            // the largest that was answered
  std::optional<std::uint16_t> stuck;  // the smallest above it that was silent beside enough controls
};
[[nodiscard]] MtuBounds mtu_bounds(const ObservationLog& log, const net::Endpoint& reflector);

// The latest size that an ICMP message named for the way to this reflector, in bytes of the IP packet.
[[nodiscard]] std::optional<std::uint16_t> told_mtu(const ObservationLog& log, const net::Endpoint& reflector);

[[nodiscard]] Step next_path_mtu(const RunSoFar& run);

}  // namespace probe
