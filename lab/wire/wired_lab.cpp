#include "lab/wire/wired_lab.h"

#include <fmt/format.h>

#include "net/cannot_work.h"

namespace lab {

namespace {

LinkEnd interface_of(const Station& station) { return {station.where, "eth0"}; }

void give_addresses(const Station& station) {
  for (const auto& address : station.addresses) give_address(interface_of(station), address);
}

}  // namespace

WiredLab::WiredLab(const Scenario& scenario) {
  Layout layout = build(scenario, KernelNats::Attach);
  wire_ = std::make_unique<Wire>(std::move(layout.network));
  for (const auto& nat : scenario.nats) {
    const Placed& placed = layout.nats.at(nat.name);
    placement_.nats[nat.name] = *placed.node;
    if (nat.profile.kernel == KernelNat::None) continue;
    const net::IpAddress& external = placed.addresses.front();
    const auto& router = routers_.try_emplace(nat.name, external.family(), nat.profile.kernel).first->second;
    attach(*placed.node, router.outside());
    router.set_external(external);
  }
  for (const auto& host : scenario.hosts) add_host(host, layout.hosts.at(host.name));
  for (const auto& reflector : scenario.reflectors) {
    const Placed& placed = layout.reflectors.at(reflector.name);
    placement_.reflectors[reflector.name] = *placed.node;
    const Station& station =
        reflectors_.try_emplace(reflector.name, Station{.where = {}, .addresses = placed.addresses}).first->second;
    attach(*placed.node, interface_of(station));
    give_addresses(station);
  }
  if (layout.rendezvous) {
    rendezvous_.emplace(Station{.where = {}, .addresses = layout.rendezvous->addresses});
    attach(*layout.rendezvous->node, interface_of(*rendezvous_));
    give_addresses(*rendezvous_);
  }
  wire_->start();
}

void WiredLab::add_host(const ScenarioHost& host, const Placed& placed) {
  const Station& station =
      hosts_.try_emplace(host.name, Station{.where = {}, .addresses = placed.addresses}).first->second;
  if (placed.node) {
    placement_.hosts[host.name] = *placed.node;
    attach(*placed.node, interface_of(station));
    give_addresses(station);
    return;
  }
  const auto router = routers_.find(host.behind);
  if (router == routers_.end())
    throw net::CannotWork(fmt::format("wire host {}: a NAT behind a kernel NAT is not supported", host.name));
  router->second.add_host(interface_of(station), placed.addresses.front());
}

void WiredLab::attach(NodeId node, const LinkEnd& end) {
  const LinkEnd lab_end{lab_, fmt::format("port{}", node.value)};
  connect(lab_end, end);
  wire_->attach(node, lab_end);
}

}  // namespace lab
