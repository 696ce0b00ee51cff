#pragma once
// A packet in parts that fit an MTU (RFC 791 section 3.2, RFC 8200 section 4.5); lab/reassembly.h is the way back.
// Pure.

#include <cstdint>
#include <vector>

#include "lab/packet.h"

namespace lab {

// In order, all but the last as large as they may be. A fragment is divided further and keeps its id. `mtu` leaves room
// for the headers and 8 bytes; `id` is new for this pair of addresses.
[[nodiscard]] std::vector<Packet> fragments_of(const Packet& packet, std::uint16_t mtu, std::uint32_t id);

}  // namespace lab
