#include "lab/network.h"

#include <algorithm>
#include <cassert>
#include <type_traits>

namespace lab {

// A growing vector moves its nodes, never copies them: a Nat's tables point into themselves.
static_assert(std::is_nothrow_move_constructible_v<Nat>);

net::IpAddress core_address(net::Family family) {
  return net::address(family == net::Family::V4 ? "192.0.0.8" : "100::8");
}

Network::Network(net::Random chance) : chance_(chance) { nodes_.emplace_back(); }  // the core

HostId Network::add_host(std::vector<net::IpAddress> addresses, NodeId parent, const Link& link) {
  const HostId host = add_node(parent, link);
  for (const net::IpAddress& address : addresses) add_route(parent, address, host);
  nodes_[host.value].host = host;
  nodes_[host.value].addresses = std::move(addresses);
  return host;
}

NodeId Network::add_interface(HostId host, std::vector<net::IpAddress> addresses, NodeId parent, const Link& link) {
  const NodeId interface = add_host(std::move(addresses), parent, link);
  nodes_[interface.value].host = host;
  Node& owner = nodes_[host.value];
  owner.more_interfaces.push_back(interface);
  const auto& own = nodes_[interface.value].addresses;
  owner.addresses.insert(owner.addresses.end(), own.begin(), own.end());
  return interface;
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

// What a NAT's inside is known by without a mapping, the NAT's parent routes to it too.
void Network::add_route(NodeId parent, const net::IpAddress& address, NodeId child) {
  [[maybe_unused]] const bool fresh = nodes_[parent.value].routes.emplace(address, child).second;
  assert(fresh && "an address is given once in a LAN");
  if (const auto beyond = outside_address(parent, address)) add_route(nodes_[parent.value].parent, *beyond, parent);
}

void Network::remove_route(NodeId parent, const net::IpAddress& address) {
  nodes_[parent.value].routes.erase(address);
  if (const auto beyond = outside_address(parent, address)) remove_route(nodes_[parent.value].parent, *beyond);
}

std::optional<net::IpAddress> Network::outside_address(NodeId parent, const net::IpAddress& inside) const {
  const std::optional<Nat>& nat = nodes_[parent.value].nat;
  return nat ? nat->outside_address(inside) : std::nullopt;
}

NodeId Network::interface_of(HostId host, const net::IpAddress& source) const {
  for (const NodeId interface : nodes_[host.value].more_interfaces) {
    const auto& own = nodes_[interface.value].addresses;
    if (std::find(own.begin(), own.end(), source) != own.end()) return interface;
  }
  return host;
}

std::optional<net::IpAddress> Network::source_address(HostId host, const net::IpAddress& destination) const {
  std::optional<net::IpAddress> first;
  for (const net::IpAddress& address : nodes_[host.value].addresses) {
    if (address.family() != destination.family()) continue;
    const NodeId lan = nodes_[interface_of(host, address).value].parent;
    if (lan != core && nodes_[lan.value].routes.contains(destination)) return address;
    if (!first) first = address;
  }
  return first;
}

void Network::inject(HostId from, Packet packet, net::TimePoint now) {
  inject_by(interface_of(from, packet.source.address), std::move(packet), now);
}

void Network::inject_by(NodeId interface, Packet packet, net::TimePoint now) {
  cross({.link = interface, .way = Way::Up, .now = now}, std::move(packet));
}

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

void Network::flush(NodeId node) { nat(node).forget(); }

void Network::readdress(NodeId node, std::vector<net::IpAddress> external) {
  const NodeId parent = nodes_[node.value].parent;
  for (const net::IpAddress& address : nat(node).addresses().external) remove_route(parent, address);
  for (const net::IpAddress& address : external) add_route(parent, address, node);
  nat(node).readdress(std::move(external));
}

Nat& Network::nat(NodeId node) {
  assert(nodes_[node.value].nat);
  return *nodes_[node.value].nat;
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
  std::push_heap(queue_.begin(), queue_.end());
}

Network::InFlight Network::pop() {
  std::pop_heap(queue_.begin(), queue_.end());
  const Event event = queue_.back();
  queue_.pop_back();
  free_slots_.push_back(event.slot);
  last_event_ = event.time;
  return std::move(in_flight_[event.slot]);
}

}  // namespace lab
