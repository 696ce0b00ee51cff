#pragma once
// Both sides connect to each other at the same time, each from the TCP port that the rendezvous has seen, so that the
// SYNs meet (RFC 9293 section 3.5) in NATs that each has opened for the other: for hosts whose UDP is blocked. The
// checks are those of UDP, in the stream.

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan tcp_simultaneous_open(const Description& local, const Description& remote, net::Random& random);

}  // namespace traversal
