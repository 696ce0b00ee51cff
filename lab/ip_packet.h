#pragma once
// The lab's packets as bytes and back: IPv4 (RFC 791), IPv6 (RFC 8200), and UDP, TCP, ICMP above them. Pure.

#include <optional>

#include "lab/packet.h"
#include "net/bytes.h"

namespace lab {

// Whether the sender's checksums are taken on trust: between interfaces of one machine they may not be made yet.
enum class Checksums : std::uint8_t { Verify, Trust };

// Nothing for what the lab does not carry: other protocols, extension headers but the fragment's, truncated packets,
// and packets whose checksums are wrong. Bytes behind the packet's own length are ignored.
[[nodiscard]] std::optional<Packet> parse_ip(net::BytesView bytes, Checksums checksums = Checksums::Verify);

// All checksums, ports and ICMP identifiers are written anew from the endpoints. IPv4 has no options; its
// identification is 0 where the packet is no fragment and must not become one (RFC 6864).
[[nodiscard]] net::Bytes to_ip(const Packet& packet);
// The same into a buffer that is used again and again.
void to_ip(const Packet& packet, net::Bytes& out);

// How many bytes to_ip() makes of it.
[[nodiscard]] std::size_t ip_size(const Packet& packet);

// The IP payload alone: transport header, data, checksum. And back, for a packet that has its addresses.
[[nodiscard]] net::Bytes to_segment(const Packet& packet);
[[nodiscard]] std::optional<Packet> with_segment(Packet packet, net::BytesView segment, Checksums checksums);

// The address that stands at the first 4 or 16 bytes.
[[nodiscard]] net::IpAddress address_at(net::BytesView at, net::Family family);

// RFC 1071: 0 over bytes that include a right checksum.
[[nodiscard]] std::uint16_t internet_checksum(net::BytesView bytes, std::uint32_t initial = 0);

// IANA's protocol number, which for ICMP differs by family.
[[nodiscard]] std::uint8_t protocol_number(Protocol protocol, net::Family family);
[[nodiscard]] std::optional<Protocol> protocol_of(std::uint8_t number, net::Family family);

}  // namespace lab
