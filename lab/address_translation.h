#pragma once
// Translations of addresses that need no state: a prefix for a prefix (RFC 6296), and the translation of a packet from
// one family to the other (RFC 7915) that a NAT64 (RFC 6146) does; how IPv4 is put inside IPv6 net/nat64.h says. Pure.

#include <cstdint>
#include <optional>

#include "lab/packet.h"

namespace lab {

// RFC 6296: a prefix inside and one outside, of the same length: 48 or 64 bits.
struct PrefixPair {
  net::IpAddress inside;
  net::IpAddress outside;
  std::uint8_t length = 48;
  friend bool operator==(const PrefixPair&, const PrefixPair&) = default;
};

[[nodiscard]] bool has_prefix(const net::IpAddress& address, const net::IpAddress& prefix, std::uint8_t length);

// Of an address that has the prefix translated from. Checksum-neutral: the sum of all words stays (section 3.1).
[[nodiscard]] net::IpAddress prefix_to_outside(const PrefixPair& prefixes, const net::IpAddress& inside);
[[nodiscard]] net::IpAddress prefix_to_inside(const PrefixPair& prefixes, const net::IpAddress& outside);

// The packet in the family of these endpoints: UDP, TCP, and ICMP queries.
[[nodiscard]] Packet in_family_of(Packet packet, const net::Endpoint& source, const net::Endpoint& destination);

}  // namespace lab
