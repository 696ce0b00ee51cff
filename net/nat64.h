#pragma once
// IPv4 addresses inside IPv6 ones, where a NAT64 (RFC 6146) leads IPv6 hosts to IPv4: the well-known prefix
// 64:ff9b::/96 (RFC 6052 section 2.1) and the address behind it.

#include <optional>

#include "net/endpoint.h"

namespace net {

// The IPv4 address a NAT64 sends on to; nothing for any other address.
[[nodiscard]] std::optional<IpAddress> behind_nat64(const IpAddress& address);

// By which address an IPv6 host reaches this IPv4 one through a NAT64.
[[nodiscard]] IpAddress through_nat64(const IpAddress& v4);

}  // namespace net
