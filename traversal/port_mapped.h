#pragma once
// The router of one side, or of both, was asked to lead a port of its own to the punch socket (PCP, NAT-PMP, UPnP):
// whoever knows that port is let in, whatever both NATs do. Checks go to mapped ports alone: a side that is shown none
// waits for those of the other.

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan port_mapped(const Description& local, const Description& remote, net::Random& random);
[[nodiscard]] std::string no_router_maps_ports(const Pairing& pair);

}  // namespace traversal
