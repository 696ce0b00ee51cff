#include "lab/wire/wired_lab.h"

#include <fmt/format.h>

#include "net/cannot_work.h"

namespace lab {

namespace {

LinkEnd interface_of(const Station& station) { return {station.where, "eth0"}; }

bool is_foreign(const ScenarioNat& nat) { return nat.profile.implementation != Implementation::Model; }

// The kernel's routers carry what is behind them past the Wire, so no modelled NAT can stand there.
void refuse_models_behind_kernels(const Scenario& scenario) {
  for (const auto& nat : scenario.nats)
    for (const auto& outer : scenario.nats)
      if (nat.behind == outer.name && is_foreign(outer) && !is_foreign(nat))
        throw net::CannotWork(fmt::format("wire NAT {}: it is behind the kernel NAT {}, where only kernel NATs can be",
                                          nat.name, outer.name));
}

}  // namespace

WiredLab::WiredLab(const Scenario& scenario) {
  refuse_models_behind_kernels(scenario);
  Layout layout = build(scenario, KernelNats::Attach);
  wire_ = std::make_unique<Wire>(std::move(layout.network));

  for (const auto& nat : scenario.nats)
    if (is_foreign(nat))
      routers_.try_emplace(nat.name, layout.nats.at(nat.name).addresses.front().family(), nat.profile.implementation);
  for (const auto& nat : scenario.nats) {
    const Placed& placed = layout.nats.at(nat.name);
    if (placed.node) placement_.nats[nat.name] = *placed.node;
    if (is_foreign(nat)) join(routers_.at(nat.name).outside(), placed, nat.behind);
  }
  for (const auto& host : scenario.hosts) {
    const Placed& placed = layout.hosts.at(host.name);
    if (placed.node) placement_.hosts[host.name] = *placed.node;
    join(add_station(hosts_, host.name, placed), placed, host.behind);
  }
  for (const auto& reflector : scenario.reflectors) {
    const Placed& placed = layout.reflectors.at(reflector.name);
    placement_.reflectors[reflector.name] = *placed.node;
    join(add_station(reflectors_, reflector.name, placed), placed, {});
  }
  if (layout.rendezvous) {
    rendezvous_.emplace(Station{.where = {}, .addresses = layout.rendezvous->addresses});
    join(interface_of(*rendezvous_), *layout.rendezvous, {});
  }
  wire_->start();
}

LinkEnd WiredLab::add_station(Stations& stations, const std::string& name, const Placed& placed) {
  return interface_of(stations.try_emplace(name, Station{.where = {}, .addresses = placed.addresses}).first->second);
}

void WiredLab::join(const LinkEnd& end, const Placed& placed, const std::string& behind) {
  if (!placed.node) return routers_.at(behind).add_host(end, placed.addresses.front());
  const LinkEnd lab_end{lab_, fmt::format("port{}", placed.node->value)};
  connect(lab_end, end);
  for (const auto& address : placed.addresses) give_address(end, address);
  wire_->attach(*placed.node, lab_end);
}

}  // namespace lab
