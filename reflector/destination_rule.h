#pragma once
// Where one host may send on the other's word. Link-local, multicast, broadcast, unspecified, own and partner addresses
// never; loopback, RFC 1918, 100.64/10 and unique local only when the reflector's own address is of that kind or the
// operator names them. An IPv4 address written as an IPv6 one is refused in all its forms: no client comes from there.

#include <string>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "net/result.h"

namespace reflector {

struct Prefix {
  net::IpAddress address;
  unsigned bits = 0;

  [[nodiscard]] bool contains(const net::IpAddress& candidate) const;
};

// "10.0.0.0/8", "fd00::/8"; without a slash one address. The error says what is wrong with the text.
[[nodiscard]] net::Result<Prefix, std::string> parse_prefix(std::string_view text);

struct DestinationRule {
  net::IpAddress own;                   // as clients see it
  std::vector<net::IpAddress> refused;  // own and partner addresses, real and advertised
  std::vector<Prefix> allowed;

  [[nodiscard]] bool allows(const net::IpAddress& destination) const;
};

}  // namespace reflector
