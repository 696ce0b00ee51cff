#pragma once
// The network interfaces of this host, and whether a destination can be reached through one: asked of the system before
// a driver runs.

#include <string>
#include <vector>

#include "net/endpoint.h"

namespace net {

struct Interface {
  std::string name;
  bool up = false;       // set up by the administrator
  bool carrier = false;  // and connected to something
  std::vector<IpAddress> addresses;
};

// In the system's order. CannotWork.
[[nodiscard]] std::vector<Interface> interfaces();

// Whether the routing tables, rules by source address included, have a route to `destination` through this interface
// from this address of its.
[[nodiscard]] bool has_route(const IpAddress& destination, const std::string& interface, const IpAddress& source);

// Whether there is a route at all. Nothing is sent.
[[nodiscard]] bool has_route(const IpAddress& destination);

}  // namespace net
