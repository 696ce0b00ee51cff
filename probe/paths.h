#pragma once
// Which paths a command line asks to describe: an address family and perhaps an interface each, never mixed. Pure: what
// the system knows is handed in.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "net/interfaces.h"
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
};

struct Path {
  std::vector<GivenReflector> reflectors;  // all of one family
  std::string interface;                   // empty: as the routes say

  [[nodiscard]] net::Family family() const { return reflectors.front().endpoint.family(); }
};

// Both families where there is a route for both, each with the reflectors that have an address in it: one that all of
// them have goes first, then IPv4. The error is ready to print: "interface eth7: no
// such interface; there are: lo, eth0".
[[nodiscard]] net::Result<std::vector<Path>, std::string> choose_paths(const std::vector<ResolvedReflector>& reflectors,
                                                                       const PathWish& wish,
                                                                       const Surroundings& surroundings);

}  // namespace probe
