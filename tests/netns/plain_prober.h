#pragma once
// What plain datagrams show of a NAT between real hosts: no STUN, none of our probe's code.

#include "net/nat_behavior.h"
#include "tests/netns/stations.h"

namespace netns {

struct Reflectors {
  // "r1" on two ports, "r2" on one.
  explicit Reflectors(const lab::WiredLab& lab)
      : a1(lab.reflector("r1"), 3478), a2(lab.reflector("r1"), 3479), b1(lab.reflector("r2"), 3478) {}
  // One host with two addresses.
  Reflectors(const lab::Namespace& where, const net::IpAddress& a, const net::IpAddress& b)
      : a1(where, a, 3478), a2(where, a, 3479), b1(where, b, 3478) {}
  UdpSocket a1, a2, b1;
};

// As whom `by` sees a datagram from this socket.
[[nodiscard]] net::Endpoint source_seen(const UdpSocket& from, const UdpSocket& by);

// Each with a socket that never sent before.
[[nodiscard]] net::MappingBehavior mapping_of(const UdpSocket& socket, const Reflectors& reflectors);
[[nodiscard]] net::FilteringBehavior filtering_of(const UdpSocket& socket, const Reflectors& reflectors);

}  // namespace netns
