#pragma once
// The router this host sends through, as the kernel's routes say (rtnetlink(7), RTM_GETROUTE).

#include <optional>

#include "net/endpoint.h"

namespace net {

// The next hop towards `destination`, from `source` where that is given; empty where the way is direct, where there is
// none, and where the system does not tell.
[[nodiscard]] std::optional<IpAddress> gateway_towards(const IpAddress& destination,
                                                       const std::optional<IpAddress>& source = std::nullopt);

}  // namespace net
