#include "traversal/commands/registered_host.h"

#include <fmt/format.h>

#include "traversal/commands/own_behavior.h"

namespace traversal {
namespace {

// Where nobody else has answered over UDP either.
net::NatBehavior without_udp(const net::NatBehavior& behavior) {
  return behavior.mapping || behavior.filtering ? behavior : net::NatBehavior{.udp_blocked = true};
}

}  // namespace

void as_registered_host(net::SocketDriver& driver, const PeerOptions& own,
                        const std::function<Spoken(const PeerConfig& config)>& take_part) {
  PeerConfig config{.rendezvous = net::resolve(own.access.rendezvous).front(),
                    .name = own.name,
                    .token = token_of(own.access.token_file),
                    .session = drawn<Id>()};
  const auto nat = own_behavior(driver, own, config.rendezvous.family());
  if (!nat) return;  // a signal came first
  config.ports = nat->ports;
  config.reflectors = reflectors_of(own, config.rendezvous.family());
  config.port_mapping = nat->port_mapping;
  speak(own.access.tcp || nat->behavior.udp_blocked, [&](Transport transport) {
    config.transport = transport;
    config.tls = transport == Transport::Tcp && own.access.ca.has_value();
    const bool udp_failed = transport == Transport::Tcp && !own.access.tcp;
    config.behavior = udp_failed ? without_udp(nat->behavior) : nat->behavior;
    return take_part(config);
  });
}

std::string registered_line(const PeerConfig& config, const net::Endpoint& seen_as) {
  return fmt::format("registered {} at {}{} ({})", config.name, net::to_string(seen_as),
                     config.transport == Transport::Tcp ? " over TCP" : "", net::short_name(config.behavior));
}

}  // namespace traversal
