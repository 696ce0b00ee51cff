#pragma once
// What the NAT in front of this host does, for a peer to register with.

#include <optional>
#include <string>
#include <vector>

#include "net/nat_behavior.h"
#include "net/socket_driver.h"
#include "traversal/commands/peer.h"
#include "traversal/port_pattern.h"

namespace traversal {

[[nodiscard]] net::Result<ReflectorOption, std::string> parse_reflector(std::string_view text);

struct OwnNat {
  net::NatBehavior behavior;
  std::optional<PortPattern> ports = std::nullopt;  // how its ports follow each other, where that was probed
};

// As stated; else as far as the reflectors given (else those of NATSCOPE_REFLECTORS) can tell, asked over `family`.
// Empty when a signal came first. CannotWork.
[[nodiscard]] std::optional<OwnNat> own_behavior(net::SocketDriver& driver, const PeerOptions& own, net::Family family);

}  // namespace traversal
