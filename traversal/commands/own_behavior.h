#pragma once
// What the NAT in front of this host does, for a peer to register with.

#include <optional>
#include <string>
#include <vector>

#include "net/socket_driver.h"
#include "traversal/commands/peer.h"

namespace traversal {

[[nodiscard]] net::Result<ReflectorOption, std::string> parse_reflector(std::string_view text);

// As stated; else as far as the reflectors given (else those of NATSCOPE_REFLECTORS) can tell, asked over `family`.
// Empty when a signal came first. CannotWork.
[[nodiscard]] std::optional<OwnNat> own_behavior(net::SocketDriver& driver, const PeerOptions& own, net::Family family);

// Those given, else those of the environment. CannotWork where a name leads nowhere.
[[nodiscard]] std::vector<net::Endpoint> reflectors_of(const PeerOptions& own, net::Family family);

}  // namespace traversal
