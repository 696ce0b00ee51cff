#pragma once
// A UDP port served by several sockets, one a thread: the kernel spreads the clients over them by address and port
// (SO_REUSEPORT), so that one client's datagrams stay in order.

#include <vector>

#include "net/endpoint.h"
#include "net/file_descriptor.h"

namespace net {

// Blocking sockets, IPv6 ones for IPv6 only, that tell the TTL of what arrives. CannotWork where `local` cannot be
// bound; a port that another process serves is never shared.
[[nodiscard]] std::vector<FileDescriptor> open_udp_port(const Endpoint& local, std::size_t sockets);

// The same of a bound UDP socket that somebody else opened: just that one.
[[nodiscard]] std::vector<FileDescriptor> adopt_udp_port(FileDescriptor socket);

}  // namespace net
