#pragma once
// IPv4 addresses inside IPv6 ones, where a NAT64 (RFC 6146) leads IPv6 hosts to IPv4: under the well-known prefix
// 64:ff9b::/96 or one of the network's own (RFC 6052), which is learnt from how the network answers for a name that has
// IPv4 addresses only (RFC 7050). Pure.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "net/result.h"

namespace net {

// The IPv4 address follows the prefix, in one of six places (RFC 6052 section 2.2); bits 64 to 71 are zero:
//
//   /32  bytes 4 to 7        /40  5 to 7, 9       /48  6, 7, 9, 10
//   /56  7, 9 to 11          /64  9 to 12         /96  12 to 15
struct Nat64Prefix {
  IpAddress address;         // zeros behind the prefix
  std::uint8_t length = 96;  // 32, 40, 48, 56, 64 or 96

  // The IPv6 address that stands for this IPv4 one.
  [[nodiscard]] IpAddress with(const IpAddress& v4) const;
  // And back: nothing for what does not begin with the prefix, and where bits 64 to 71 are not zero. What follows the
  // IPv4 address is not looked at.
  [[nodiscard]] std::optional<IpAddress> ipv4_in(const IpAddress& v6) const;

  friend bool operator==(const Nat64Prefix&, const Nat64Prefix&) = default;
};

[[nodiscard]] const Nat64Prefix& well_known_nat64();  // 64:ff9b::/96

// "2001:db8:64::/96".
[[nodiscard]] std::string to_string(const Nat64Prefix& prefix);
// The error says what is wrong with the text.
[[nodiscard]] Result<Nat64Prefix, std::string> parse_nat64_prefix(std::string_view text);

// Whose name it is that has the IPv4 addresses 192.0.0.170 and 192.0.0.171, and no IPv6 address of its own.
inline constexpr const char* nat64_name = "ipv4only.arpa";

// The prefixes under which these IPv6 addresses of `nat64_name` hold one of its IPv4 addresses, in order and each once.
// An address that holds it in two places says nothing, nor does one that cannot be a NAT64's: loopback, link-local,
// multicast, IPv4-mapped (RFC 7050 section 3, RFC 6052 section 2.1).
[[nodiscard]] std::vector<Nat64Prefix> nat64_prefixes_in(std::span<const IpAddress> addresses);

}  // namespace net
