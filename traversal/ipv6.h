#pragma once
// The pair's path over IPv6, beside whatever NATs do to IPv4. Directly: the host with the higher endpoint calls and the
// other one only answers, which shows that no firewall filters the one that is called. Through stateful firewalls (RFC
// 6092) on either side, and through translation where there is any: both send at the same time.

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan ipv6_direct(const Description& local, const Description& remote, net::Random& random);
[[nodiscard]] Plan ipv6_firewall(const Description& local, const Description& remote, net::Random& random);
[[nodiscard]] std::string not_both_over_ipv6(const Pairing& pair);

}  // namespace traversal
