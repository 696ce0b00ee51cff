#pragma once
// IPv4 (RFC 791) and IPv6 (RFC 8200) packets as the lab's packets and back. Pure.
//
// The payload of a lab::Packet is then the whole UDP, TCP or ICMP segment as it came; on the way out the ports, which a
// NAT may have changed, and all checksums are written anew.

#include <optional>

#include "lab/packet.h"
#include "net/bytes.h"

namespace lab {

// Nothing for what the lab does not carry: other protocols, fragments, extension headers, truncated packets, and
// packets whose checksums are wrong. Bytes behind the packet's own length are ignored. ICMP has ports 0.
[[nodiscard]] std::optional<Packet> parse_ip(net::BytesView bytes);

// IPv4 without options, unfragmented and not to be fragmented (RFC 6864: so the identification may be 0).
[[nodiscard]] net::Bytes to_ip(const Packet& packet);

// RFC 1071: 0 over bytes that include a right checksum.
[[nodiscard]] std::uint16_t internet_checksum(net::BytesView bytes, std::uint32_t initial = 0);

}  // namespace lab
