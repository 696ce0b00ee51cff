#pragma once
// How the UDP sockets of the drivers are set up. Only for the drivers' files. An option that the system refuses is no
// reason to refuse the socket: a datagram then has no TTL, an ICMP error is lost, a queue is shorter.

#include "net/endpoint.h"

namespace net {

void ask_for_ttl(int descriptor, Family family);          // of what arrives
void ask_for_icmp_errors(int descriptor, Family family);  // by the error queue
void ask_for_long_queue(int descriptor);                  // of what arrives, for bursts
void insist_on_long_queues(int descriptor);               // both ways, also above the system's limit where we may

// On: DF is set and the path MTU left to the sender. Off: routers, and this host, may fragment.
void set_dont_fragment(int descriptor, Family family, bool on);

// For what is larger than fits a usual link: to be divided at 1,280 bytes already, before a link does. No router
// divides IPv6 (RFC 8200 section 5), so who hears no "packet too big" would send in vain.
inline constexpr std::size_t usual_ipv6_payload = 1'500 - 48;  // behind the headers of IPv6 and UDP
void set_divides_early(int descriptor, bool on);

}  // namespace net
