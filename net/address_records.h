#pragma once
// The IPv6 addresses the DNS has for a name, and nothing else has a say in: neither a hosts file nor what the system
// makes of its own addresses. For RFC 7050, which asks how the network's own name servers answer.

#include <optional>
#include <string>
#include <vector>

#include "net/bytes.h"
#include "net/endpoint.h"

namespace net {

// The AAAA records (RFC 3596) of a DNS response, in order; nothing when the bytes are no whole response. Pure.
[[nodiscard]] std::optional<std::vector<IpAddress>> ipv6_addresses_in(BytesView response);

// Of a name; empty when there are none, or nobody can tell within about a second a name server.
[[nodiscard]] std::vector<IpAddress> find_ipv6_addresses(const std::string& name);

}  // namespace net
