#include "lab/event_effects.h"

#include <algorithm>
#include <cassert>

namespace lab {

std::vector<NamedLink> named_links(const Scenario& scenario, const Layout& layout) {
  std::vector<NamedLink> out;
  const auto add = [&](const std::string& name, const std::string& behind, const Placed& placed) {
    if (placed.node) out.push_back({name, behind, *placed.node});
  };
  for (const auto& reflector : scenario.reflectors) add(reflector.name, {}, layout.reflectors.at(reflector.name));
  for (const auto& nat : scenario.nats) add(nat.name, nat.behind, layout.nats.at(nat.name));
  for (const auto& host : scenario.hosts) {
    add(host.name, host.behind, layout.hosts.at(host.name));
    for (std::size_t i = 0; i < host.interfaces.size(); ++i)
      add(host.name, host.interfaces[i].behind, layout.interfaces.at(host.name)[i]);
  }
  return out;
}

void EventEffects::apply(const Act& act, Network& network) {
  using enum Act::Kind;
  switch (act.kind) {
    case Flush: return network.flush(node(act.target));
    case Readdress: return network.readdress(node(act.target), act.addresses);
    case PowerOff:
      network.flush(node(act.target));
      off_.insert(act.target);
      return set_links(network);
    case PowerOn: off_.erase(act.target); return set_links(network);
    case Cut: cut_.insert(act.target); return set_links(network);
    case Mend: cut_.erase(act.target); return set_links(network);
    default: return;
  }
}

void EventEffects::set_links(Network& network) const {
  for (const NamedLink& link : links_)
    network.link(link.node).cut = cut_.contains(link.name) || off_.contains(link.name) || off_.contains(link.behind);
}

void EventEffects::count_for(const std::vector<ScenarioEvent>& events) {
  for (const ScenarioEvent& event : events) {
    const auto* packets = std::get_if<PacketsThrough>(&event.trigger);
    for (const NamedLink& link : links_) {
      if (packets != nullptr && link.name == packets->node) counts_.try_emplace(link.node.value);
    }
  }
}

void EventEffects::count(const Sighting& sighting) {
  if (!enters(sighting.fate)) return;
  const auto found = counts_.find(sighting.link.value);
  if (found != counts_.end()) ++found->second;
}

std::uint64_t EventEffects::packets_through(const std::string& name) const {
  std::uint64_t sum = 0;
  for (const NamedLink& link : links_) {
    if (link.name == name) sum += counts_.at(link.node.value);
  }
  return sum;
}

NodeId EventEffects::node(const std::string& name) const {
  const auto found = std::ranges::find(links_, name, &NamedLink::name);
  assert(found != links_.end());
  return found->node;
}

}  // namespace lab
