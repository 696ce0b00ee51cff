#include "lab/wire/wired_lab.h"

#include <fmt/format.h>

#include "net/cannot_work.h"

namespace lab {

namespace {

LinkEnd interface_of(const Station& station, unsigned number = 0) {
  return {station.where, fmt::format("eth{}", number), number};
}

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
  links_ = named_links(scenario, layout);
  wire_ = std::make_unique<Wire>(std::move(layout.network));

  for (const auto& nat : scenario.nats)
    if (is_foreign(nat))
      routers_.try_emplace(nat.name, layout.nats.at(nat.name).addresses.front().family(), nat.profile.implementation);
  for (const auto& nat : scenario.nats) {
    const Placed& placed = layout.nats.at(nat.name);
    if (placed.node) placement_.nats[nat.name] = *placed.node;
    if (is_foreign(nat)) join(routers_.at(nat.name).outside(), placed, nat.behind);
  }
  for (const auto& host : scenario.hosts) add_host(host, layout);
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

void WiredLab::add_host(const ScenarioHost& host, const Layout& layout) {
  const Placed& first = layout.hosts.at(host.name);
  if (first.node) placement_.hosts[host.name] = *first.node;
  join(add_station(hosts_, host.name, first), first, host.behind);
  Station& station = hosts_.at(host.name);
  for (std::size_t i = 0; i < host.interfaces.size(); ++i) {
    const Placed& further = layout.interfaces.at(host.name)[i];
    station.addresses.insert(station.addresses.end(), further.addresses.begin(), further.addresses.end());
    join(interface_of(station, static_cast<unsigned>(i + 1)), further, host.interfaces[i].behind);
  }
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
