#include "lab/network.h"

#include <algorithm>
#include <cassert>

namespace lab {

Network::Network(net::Random chance) : chance_(chance) { nodes_.emplace_back(); }  // the core

HostId Network::add_host(std::vector<net::IpAddress> addresses, NodeId parent, const Link& link) {
  const HostId host = add_node(parent, link);
  for (const net::IpAddress& address : addresses) add_route(parent, address, host);
  nodes_[host.value].addresses = std::move(addresses);
  return host;
}

NodeId Network::add_nat(NatProfile profile, NatAddresses addresses, NodeId parent, const Link& link) {
  const NodeId node = add_node(parent, link);
  for (const net::IpAddress& address : addresses.external) add_route(parent, address, node);
  nodes_[node.value].nat.emplace(std::move(profile), std::move(addresses), chance_.fork());
  return node;
}

NodeId Network::add_node(NodeId parent, const Link& link) {
  assert(parent == core || nodes_[parent.value].nat);
  nodes_.push_back({.parent = parent, .link = link});
  return NodeId{static_cast<std::uint32_t>(nodes_.size() - 1)};
}

// What stands behind a firewall keeps its address, so the firewall's parent routes to it too.
void Network::add_route(NodeId parent, const net::IpAddress& address, NodeId child) {
  [[maybe_unused]] const bool fresh = nodes_[parent.value].routes.emplace(address, child).second;
  assert(fresh && "an address is given once in a LAN");
  const Node& node = nodes_[parent.value];
  if (node.nat && node.nat->profile().mapping == net::MappingBehavior::None) add_route(node.parent, address, parent);
}

void Network::inject(HostId from, Packet packet, net::TimePoint now) { send_up(from, std::move(packet), now); }

std::optional<net::TimePoint> Network::next_event() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.front().time;
}

std::optional<Delivery> Network::next_delivery(net::TimePoint until) {
  while (!queue_.empty() && queue_.front().time <= until) {
    if (std::optional<Delivery> delivery = arrive(pop())) return delivery;
  }
  return std::nullopt;
}

std::vector<Delivery> Network::advance(net::TimePoint now) {
  std::vector<Delivery> all;
  while (std::optional<Delivery> delivery = next_delivery(now)) all.push_back(std::move(*delivery));
  return all;
}

void Network::block(const net::IpAddress& from, const net::IpAddress& to) { blocked_.emplace_back(from, to); }

void Network::unblock(const net::IpAddress& from, const net::IpAddress& to) {
  std::erase(blocked_, std::pair(from, to));
}

Nat& Network::nat(NodeId node) {
  assert(nodes_[node.value].nat);
  return *nodes_[node.value].nat;
}

// ---- nodes ---------------------------------------------------------------------------------------------------------

std::optional<Delivery> Network::arrive(InFlight arrival) {
  if (arrival.node == core) {
    pass_core(std::move(arrival.packet));
  } else if (nodes_[arrival.node.value].nat) {
    if (arrival.from == From::Parent) {
      pass_nat_inwards(arrival.node, std::move(arrival.packet));
    } else {
      pass_nat_outwards(arrival.node, std::move(arrival.packet));
    }
  } else {
    ++dispositions_.delivered;
    return Delivery{arrival.node, std::move(arrival.packet)};
  }
  return std::nullopt;
}

void Network::pass_core(Packet packet) {
  const bool blocked = std::find(blocked_.begin(), blocked_.end(),
                                 std::pair(packet.source.address, packet.destination.address)) != blocked_.end();
  if (blocked) {
    ++dispositions_.blocked;
  } else if (survives_hop(packet)) {
    send_down(core, std::move(packet));
  }
}

void Network::pass_nat_inwards(NodeId node, Packet packet) {
  if (!survives_hop(packet)) return;
  pass_on(node, nodes_[node.value].nat->inbound(std::move(packet), last_event_));
}

void Network::pass_nat_outwards(NodeId node, Packet packet) {
  if (nodes_[node.value].routes.contains(packet.destination.address)) {  // a neighbour on the LAN: a switch, no hop
    return send_down(node, std::move(packet));
  }
  if (!survives_hop(packet)) return;
  pass_on(node, nodes_[node.value].nat->outbound(std::move(packet), last_event_));
}

void Network::pass_on(NodeId nat, Passage passage) {
  if (!passage) {
    ++dispositions_.filtered;
  } else if (passage->leaves == Side::Inside) {
    send_down(nat, std::move(passage->packet));
  } else {
    send_up(nat, std::move(passage->packet), last_event_);
  }
}

bool Network::survives_hop(Packet& packet) {
  if (packet.ttl > 1) {
    --packet.ttl;
    return true;
  }
  ++dispositions_.ttl_expired;
  return false;
}

// ---- links ---------------------------------------------------------------------------------------------------------

void Network::send_up(NodeId node, Packet packet, net::TimePoint now) {
  const Node& from = nodes_[node.value];
  cross(from.link, from.link.up, {.packet = std::move(packet), .node = from.parent, .from = From::Child}, now);
}

void Network::send_down(NodeId parent, Packet packet) {
  const auto& routes = nodes_[parent.value].routes;
  const auto route = routes.find(packet.destination.address);
  if (route == routes.end()) {
    ++dispositions_.no_route;
    return;
  }
  const Link& link = nodes_[route->second.value].link;
  cross(link, link.down, {.packet = std::move(packet), .node = route->second, .from = From::Parent}, last_event_);
}

void Network::cross(const Link& link, const LinkProfile& direction, InFlight traveller, net::TimePoint now) {
  if (link.cut) {
    ++dispositions_.cut;
    return;
  }
  if (traveller.packet.reliable) return schedule(now + direction.delay, std::move(traveller));
  const Arrivals copies = arrivals(direction, chance_);
  if (copies.count == 0) {
    ++dispositions_.lost;
    return;
  }
  for (std::size_t copy = 1; copy < copies.count; ++copy) schedule(now + copies.delays[copy], traveller);
  schedule(now + copies.delays[0], std::move(traveller));
}

// ---- the queue: a heap of small entries, the packets beside it -----------------------------------------------------

void Network::schedule(net::TimePoint time, InFlight traveller) {
  if (free_slots_.empty()) {
    free_slots_.push_back(static_cast<std::uint32_t>(in_flight_.size()));
    in_flight_.emplace_back();
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  in_flight_[slot] = std::move(traveller);
  queue_.push_back({.time = time, .order = order_++, .slot = slot});
  std::push_heap(queue_.begin(), queue_.end(), later);
}

Network::InFlight Network::pop() {
  std::pop_heap(queue_.begin(), queue_.end(), later);
  const Event event = queue_.back();
  queue_.pop_back();
  free_slots_.push_back(event.slot);
  last_event_ = event.time;
  return std::move(in_flight_[event.slot]);
}

bool Network::later(const Event& a, const Event& b) { return a.time != b.time ? a.time > b.time : a.order > b.order; }

}  // namespace lab
