#pragma once
// Links, addresses and routes inside namespaces, through rtnetlink. All of it is undone by the namespace's end.
//
// No ARP and no neighbour discovery: both ends of every pair carry one and the same MAC address and the NOARP flag, so
// every frame is meant for whoever gets it, and an idle lab is silent.

#include <string>

#include "lab/wire/namespace.h"
#include "net/endpoint.h"

namespace lab {

inline constexpr unsigned char link_address[6] = {0x02, 0, 0, 0, 0, 0x01};  // locally administered

struct LinkEnd {
  const Namespace& where;
  std::string name;  // at most 15 characters
  // Of a namespace's further ends: the routing table for what leaves by their addresses. The main table has them too,
  // behind the first end (0), for what comes with no address of its own.
  unsigned table = 0;
};

// A veth pair between two namespaces, both ends up, without the offloads that leave checksums undone or packets
// larger than the link's.
void connect(const LinkEnd& one, const LinkEnd& other);

void set_up(const Namespace& where, const std::string& interface);
// The address, alone on its link (/32, /128), and the way for everything of its family.
void give_address(const LinkEnd& end, const net::IpAddress& address);
// Whether packets from this address can leave for the wide world.
[[nodiscard]] bool has_way_out(const Namespace& where, const net::IpAddress& address);
// One address lies behind this interface.
void add_route(const LinkEnd& end, const net::IpAddress& destination);

}  // namespace lab
