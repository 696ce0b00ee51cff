#include "traversal/port_mapped.h"

#include "traversal/ordinary_punch.h"

namespace traversal {

Plan port_mapped(const Description&, const Description& remote, net::Random&) {
  return ordinary_punch(places_of(remote, CandidateType::Mapped));
}

std::string no_router_maps_ports(const Pairing& pair) {
  const auto& [a, b] = pair.behaviors.values;
  if (a.udp_blocked || b.udp_blocked) return "UDP is blocked";
  const bool any = pair.maps_ports[Side::A] || pair.maps_ports[Side::B];
  return any ? "" : "neither router is known to map ports (PCP, NAT-PMP, UPnP)";
}

}  // namespace traversal
