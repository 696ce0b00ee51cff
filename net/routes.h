#pragma once
// The routing tables of this host, rules by source address included: asked of the system (rtnetlink(7)). Nothing is
// sent to the network. All of them throw CannotWork where the system cannot be asked.

#include <optional>
#include <string>

#include "net/endpoint.h"

namespace net {

// What packets are tied to before any route is looked up.
struct RouteLimits {
  std::string interface = {};                      // empty: as the routes say
  std::optional<IpAddress> source = std::nullopt;  // unspecified counts as none
};

struct Route {
  std::string interface;             // empty: not one alone
  std::optional<IpAddress> gateway;  // empty: the destination is on this host's own link, or this host
  std::optional<IpAddress> source;   // the own address packets leave from; empty: not told
  friend bool operator==(const Route&, const Route&) = default;
};

// Empty where there is none, or one that refuses ("unreachable", "blackhole").
[[nodiscard]] std::optional<Route> find_route(const IpAddress& destination, const RouteLimits& limits = {});

// Whether the tables have a route to `destination` through this interface from this address of its.
[[nodiscard]] bool has_route(const IpAddress& destination, const std::string& interface, const IpAddress& source);

// Whether there is a route at all.
[[nodiscard]] bool has_route(const IpAddress& destination);

// The router packets to `destination` are handed to; `source`: where they are bound to an address.
[[nodiscard]] std::optional<IpAddress> gateway_towards(const IpAddress& destination,
                                                       const std::optional<IpAddress>& source = std::nullopt);

}  // namespace net
