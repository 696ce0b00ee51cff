#pragma once
// What `peer` and `console` share: who this host registers as, and over which transport.

#include <functional>
#include <string>

#include "net/socket_driver.h"
#include "traversal/commands/channel.h"
#include "traversal/commands/peer.h"
#include "traversal/peer.h"

namespace traversal {

// Finds out what the own NAT does and calls `take_part`: over UDP, then, where that draws no answer or is known to be
// blocked, over TCP. CannotWork.
void as_registered_host(net::SocketDriver& driver, const PeerOptions& own,
                        const std::function<Spoken(const PeerConfig& config)>& take_part);

// "registered a at 203.0.113.1:40000 (EIM/APDF)"
[[nodiscard]] std::string registered_line(const PeerConfig& config, const net::Endpoint& seen_as);

}  // namespace traversal
