#pragma once
// How long a mapping lives (RFC 4787 REQ-5 and REQ-6, RFC 5382 REQ-5, RFC 5508 REQ-2): each packet that passes is noted
// and sets the mapping's end anew. Pure.

#include "lab/mapping_table.h"
#include "lab/nat_profile.h"

namespace lab {

enum class Direction : std::uint8_t { Outbound, Inbound };

// A packet of the mapping passes; `remote` is its other end. Of an outbound one the permission is given after. True
// where the mapping ends with it (a TCP reset).
[[nodiscard]] bool note_packet(Mapping& mapping, const NatProfile& profile, const Packet& packet,
                               const net::Endpoint& remote, Direction direction, net::TimePoint now);

}  // namespace lab
