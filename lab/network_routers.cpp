// What packets meet where a link ends: a host, the core, a NAT.

#include <algorithm>

#include "lab/icmp.h"
#include "lab/network.h"

namespace lab {
namespace {

const net::IpAddress* first_of(const std::vector<net::IpAddress>& addresses, net::Family family) {
  const auto found =
      std::ranges::find_if(addresses, [family](const net::IpAddress& address) { return address.family() == family; });
  return found == addresses.end() ? nullptr : &*found;
}

}  // namespace

NodeId Network::end_of(NodeId link, Way way) const { return way == Way::Up ? nodes_[link.value].parent : link; }

std::optional<Delivery> Network::arrive(InFlight arrival) {
  const NodeId at = end_of(arrival.link, arrival.way);
  const Origin origin{arrival.link, arrival.way, {arrival.packet.source, arrival.packet.destination}};
  if (at == core) {
    pass_core(std::move(arrival.packet), origin);
  } else if (nodes_[at.value].nat) {
    pass_nat(at, std::move(arrival.packet), origin);
  } else {
    ++dispositions_.delivered;
    return Delivery{nodes_[at.value].host, at, std::move(arrival.packet)};
  }
  return std::nullopt;
}

void Network::pass_core(Packet packet, const Origin& origin) {
  const std::pair pair(packet.source.address, packet.destination.address);
  if (std::find(blocked_.begin(), blocked_.end(), pair) != blocked_.end()) {
    drop_arrived(origin, packet, Fate::Blocked);
  } else if (survives_hop(core, packet, origin)) {
    send_down(core, std::move(packet), origin);
  }
}

void Network::pass_nat(NodeId node, Packet packet, const Origin& origin) {
  const bool outbound = origin.way == Way::Up;
  if (outbound && nodes_[node.value].routes.contains(packet.destination.address)) {
    return send_down(node, std::move(packet), origin);  // a neighbour on the LAN: a switch, no hop
  }
  if (!survives_hop(node, packet, origin)) return;
  Nat& nat = *nodes_[node.value].nat;
  const Packet arrived = observers_.empty() ? Packet{} : packet;
  Passage passage =
      outbound ? nat.outbound(std::move(packet), last_event_) : nat.inbound(std::move(packet), last_event_);
  if (!passage) {
    drop_arrived(origin, arrived, Fate::Refused, passage.error());
  } else if (passage->leaves == Side::Inside) {
    send_down(node, std::move(passage->packet), origin);
  } else {
    send_up(node, std::move(passage->packet), origin);
  }
}

bool Network::survives_hop(NodeId router, Packet& packet, const Origin& origin) {
  if (packet.ttl > 1) {
    --packet.ttl;
    return true;
  }
  drop_arrived(origin, packet, Fate::Expired);
  if (router == core || nat(router).profile().time_exceeded) answer(origin, packet, IcmpError::TimeExceeded);
  return false;
}

// An ICMP error goes back by the way the packet came.
void Network::answer(const Origin& origin, const Packet& about, IcmpError error, std::uint16_t mtu) {
  const NodeId router = end_of(origin.link, origin.way);
  auto message = make_icmp_error(about, router_address(router, origin.way, about.source.family()), error, mtu);
  if (!message) return;
  if (origin.way == Way::Up) {
    send_down(router, std::move(*message), origin);
  } else {
    send_up(router, std::move(*message), origin);
  }
}

// Of the side the packet arrived from, as RFC 1812 section 4.3.2.4 has it, where the router has one there.
net::IpAddress Network::router_address(NodeId router, Way arrived, net::Family family) const {
  if (router == core) return core_address(family);
  const NatAddresses& own = nodes_[router.value].nat->addresses();
  const net::IpAddress* inside = first_of(own.inside, family);
  const net::IpAddress* outside = first_of(own.external, family);
  const net::IpAddress* near = arrived == Way::Up ? inside : outside;
  const net::IpAddress* far = arrived == Way::Up ? outside : inside;
  if (near != nullptr) return *near;
  return far != nullptr ? *far : core_address(family);
}

void Network::send_up(NodeId nat, Packet packet, const Origin& origin) {
  cross({.link = nat, .way = Way::Up, .now = last_event_, .origin = &origin}, std::move(packet));
}

void Network::send_down(NodeId router, Packet packet, const Origin& origin) {
  const auto& routes = nodes_[router.value].routes;
  const auto route = routes.find(packet.destination.address);
  if (route == routes.end()) return drop_arrived(origin, packet, Fate::NoRoute);
  cross({.link = route->second, .way = Way::Down, .now = last_event_, .origin = &origin}, std::move(packet));
}

void Network::drop_arrived(const Origin& origin, const Packet& packet, Fate fate, std::optional<Dropped> reason) {
  drop({.link = origin.link, .way = origin.way, .now = last_event_, .origin = &origin}, packet, fate, reason);
}

}  // namespace lab
