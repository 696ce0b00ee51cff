#pragma once
// An IP packet in fragments (RFC 791 section 3.2, RFC 8200 section 4.5), for what the system's sockets do not do: in
// another order. Pure.

#include <cstdint>
#include <vector>

#include "net/bytes.h"

namespace net {

// Parts of a whole packet without options or extension headers, in order, each of at most `most` bytes with its headers
// (room for 8 bytes at least); all but the last as large as they may be. `id` tells them from those of other packets
// between the same addresses; IPv4 has its last 16 bits.
[[nodiscard]] std::vector<Bytes> ip_fragments(BytesView packet, std::uint16_t most, std::uint32_t id);

}  // namespace net
