#include "lab/commands/simulated_services.h"

#include <algorithm>

#include "net/bytes.h"

namespace lab {

namespace {

constexpr std::size_t most_connections = 1024;

std::array<std::uint8_t, 32> secret(net::Random& random) {
  std::array<std::uint8_t, 32> out{};
  random.fill(out);
  return out;
}

}  // namespace

SimulatedServices::SimulatedServices(const Scenario& scenario, const Layout& layout, SimulatedPrograms& programs,
                                     net::Random& random)
    : layout_(layout), programs_(programs), random_(random), key_(secret(random)) {
  if (scenario.sprays) token_ = net::to_hex(secret(random));
  start_reflectors(scenario);
  if (scenario.rendezvous) start_rendezvous();
}

net::Endpoint SimulatedServices::rendezvous(Reach reach, const net::Nat64Prefix& nat64) const {
  return {address_by(reach, layout_.rendezvous->addresses, nat64), traversal::rendezvous_port};
}

// One host of the configuration an address family.
reflector::ReflectorConfig SimulatedServices::config_of(const ScenarioReflector& own) const {
  reflector::ReflectorConfig config;
  for (const net::IpAddress& address : layout_.reflectors.at(own.name).addresses) {
    if (address == own.alternate_address) continue;
    const net::Endpoint listen{address, reflector::default_port};
    auto of_family = reflector::plain_config(listen);
    if (!own.partner.empty()) {
      const auto& partner = layout_.reflectors.at(own.partner).addresses;
      of_family =
          reflector::pair_config(listen, *std::ranges::find(partner, address.family(), &net::IpAddress::family), key_);
    } else if (own.alternate_address && own.alternate_address->family() == address.family()) {
      of_family = reflector::two_addresses_config(listen, *own.alternate_address);
    }
    if (config.hosts.empty()) {
      config = std::move(of_family);
    } else {
      config.hosts.push_back(of_family.hosts.front());
    }
  }
  return config;
}

void SimulatedServices::start_reflectors(const Scenario& scenario) {
  for (const auto& own : scenario.reflectors) {
    programs_.start("reflector " + own.name, *layout_.reflectors.at(own.name).node, [this, &own]() -> net::Agent& {
      return reflectors_.emplace_back(config_of(own), secret(random_));
    });
  }
}

void SimulatedServices::start_rendezvous() {
  const net::Endpoint listen{layout_.rendezvous->addresses.front(), traversal::rendezvous_port};
  programs_.start("rendezvous", *layout_.rendezvous->node, [this, listen]() -> net::Agent& {
    auto& rendezvous = rendezvous_.emplace_back(
        traversal::RendezvousConfig{.listen = listen, .token = token_, .secret = secret(random_)}, random_.fork());
    return doors_.emplace_back(rendezvous, most_connections);
  });
}

}  // namespace lab
