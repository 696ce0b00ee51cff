#pragma once
// Which paths a command line asks to describe: an address family and perhaps an interface each, never mixed. Pure: what
// the system knows is handed in.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/interfaces.h"
#include "net/nat64.h"
#include "net/result.h"
#include "probe/probe_session.h"

namespace probe {

struct ResolvedReflector {
  std::string given;                     // as the user wrote it
  std::vector<net::Endpoint> endpoints;  // of its name, the resolver's order
};

struct PathWish {
  std::optional<net::Endpoint> bind;
  std::string interface;        // --interface; empty: as the routes say
  bool all_interfaces = false;  // every one there is a route through
};

struct Surroundings {
  std::vector<net::Interface> interfaces;
  std::function<bool(const net::IpAddress& destination)> has_route;
  std::function<bool(const net::IpAddress& destination, const std::string& interface, const net::IpAddress& source)>
      has_route_through;
  std::vector<net::Nat64Prefix> nat64 = {};  // the network's own (RFC 7050); 64:ff9b::/96 is known beside them
};

struct Path {
  std::vector<GivenReflector> reflectors;  // all of one family
  std::string interface;                   // empty: as the routes say
  std::optional<net::Nat64Prefix> nat64;   // the reflectors are of IPv4 and asked under this prefix

  [[nodiscard]] net::Family family() const { return reflectors.front().endpoint.family(); }
};

// IPv6 through a NAT64 is a family of its own: what it shows is IPv4's. It is taken for reflectors whose addresses are
// under such a prefix (a DNS64 answered for them, or the user wrote it), and, where IPv4 has no route and the network
// has a prefix, for all of IPv4: under one prefix, that of the first reflector that has one.
//
// Every family where there is a route for it, each with the reflectors that have an address in it: one that all of them
// have goes first, then IPv4. The error is ready to print: "interface eth7: no
// such interface; there are: lo, eth0".
[[nodiscard]] net::Result<std::vector<Path>, std::string> choose_paths(const std::vector<ResolvedReflector>& reflectors,
                                                                       const PathWish& wish,
                                                                       const Surroundings& surroundings);

}  // namespace probe
