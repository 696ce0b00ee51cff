// Which mapping a packet of a NAT belongs to, and which external endpoint a new one gets.

#include <algorithm>

#include "lab/nat.h"

namespace lab {

using net::Endpoint;
using net::FilteringBehavior;
using net::MappingBehavior;

FlowKey Nat::flow_key(Protocol protocol, const Endpoint& internal, const Endpoint& remote, Service service) const {
  if (service == Service::Pass || service == Service::Prefix) return {protocol, internal, {}};
  if (collided_.contains({protocol, internal})) return {protocol, internal, remote};
  return {protocol, internal, trimmed(remote, mapping_of(protocol))};
}

Nat::Found Nat::mapping_for(const FlowKey& key, const Endpoint& remote, Service service, net::TimePoint now) {
  if (Mapping* mapping = table_.find(key, now)) return mapping;
  return new_mapping(key, remote, service, now);
}

Nat::Found Nat::new_mapping(FlowKey key, const Endpoint& remote, Service service, net::TimePoint now) {
  if (profile_.table_size > 0 && table_.size_below(profile_.table_size, now) >= profile_.table_size) {
    return net::Unexpected(Dropped::TableFull);
  }
  const std::size_t quota = profile_.ports_per_host;
  if (quota > 0 && table_.of_host_below(key.internal.address, quota, now) >= quota) {
    return net::Unexpected(Dropped::HostQuota);
  }
  const auto external = allocate(key, remote, service, now);
  if (!external) return net::Unexpected(external.error());
  if (profile_.on_collision == OnCollision::BecomeDependent && service == Service::Translate &&
      external->port != key.internal.port) {
    collided_.insert({key.protocol, key.internal});
    key.destination = remote;
  }
  return &table_.insert({.key = key, .external = *external, .created = now, .last_refresh = now, .expires = now}, now);
}

Nat::Found Nat::accepting(const PortKey& at, const Endpoint& remote, net::TimePoint now) {
  const std::vector<Mapping*>& holders = table_.at(at, now);
  if (holders.empty()) return net::Unexpected(Dropped::NoMapping);
  for (Mapping* mapping : holders) {
    if (permits(*mapping, remote, now)) return mapping;
  }
  return net::Unexpected(Dropped::Filtered);
}

bool Nat::permits(const Mapping& mapping, const Endpoint& remote, net::TimePoint now) {
  const Endpoint key = trimmed(remote, filtering_of(mapping.key.protocol));
  if (mapping.permitted.contains(key)) return true;
  if (profile_.filter_state == FilterState::PerMapping) return false;
  const auto& all = table_.of({mapping.key.protocol, mapping.key.internal}, now);
  return std::ranges::any_of(all, [&](const Mapping* other) { return other->permitted.contains(key); });
}

// ---- external endpoints --------------------------------------------------------------------------------------------

net::Result<Endpoint, Dropped> Nat::allocate(const FlowKey& key, const Endpoint& remote, Service service,
                                             net::TimePoint now) {
  if (service == Service::Pass) return key.internal;
  if (service == Service::Prefix) {
    const auto outside = outside_address(key.internal.address);
    if (!outside) return net::Unexpected(Dropped::NoAddress);
    return Endpoint{*outside, key.internal.port};
  }
  const auto addresses = external_of(remote.family());
  if (addresses.empty()) return net::Unexpected(Dropped::NoAddress);
  if (const PortForward* forward = forward_from(key.protocol, key.internal)) {
    const int offset = key.internal.port - forward->inside.port;
    return Endpoint{addresses.front(), static_cast<std::uint16_t>(forward->first_port + offset)};
  }
  const auto external = allocator_.choose(profile_, addresses, key, preserved_port(key, now),
                                          [&](const Endpoint& wanted) { return usable(wanted, key, remote, now); });
  if (!external) return net::Unexpected(Dropped::NoPort);
  return *external;
}

// Linux first re-uses the port this source already has, else its local port (nf_nat_core.c, find_appropriate_src).
std::uint16_t Nat::preserved_port(const FlowKey& key, net::TimePoint now) {
  if (!shares_ports()) return key.internal.port;
  const auto& own = table_.of({key.protocol, key.internal}, now);
  return own.empty() ? key.internal.port : own.back()->external.port;
}

bool Nat::usable(const Endpoint& external, const FlowKey& key, const Endpoint& remote, net::TimePoint now) {
  if (forward_at(key.protocol, external.port) != nullptr) return false;
  const auto ours = [&](const OwnFlow& flow) {
    return now < flow.expires && flow.external == external &&
           trimmed(flow.remote, mapping_of(key.protocol)) == trimmed(remote, mapping_of(key.protocol));
  };
  if (key.protocol == Protocol::Udp && std::ranges::any_of(own_flows_, ours)) return false;
  const auto& holders = table_.at({key.protocol, external}, now);
  return std::ranges::all_of(holders, [&](const Mapping* holder) { return overloadable(*holder, key); });
}

// Where ports are overloaded, another inside endpoint may hold one for remotes that this one does not need.
bool Nat::overloadable(const Mapping& holder, const FlowKey& key) const {
  if (!shares_ports()) return false;
  const FilteringBehavior keep = filtering_of(key.protocol);
  return holder.key.internal == key.internal || trimmed(holder.key.destination, keep) != trimmed(key.destination, keep);
}

bool Nat::forward(const PortForward& port, net::TimePoint now) {
  const auto in_use = [&](const net::IpAddress& address) {
    return !table_.at({port.protocol, {address, port.first_port}}, now).empty();
  };
  if (forward_at(port.protocol, port.first_port) != nullptr || std::ranges::any_of(addresses_.external, in_use))
    return false;
  profile_.forwards.push_back(port);
  return true;
}

const PortForward* Nat::forward_from(Protocol protocol, const Endpoint& internal) const {
  const auto found = std::ranges::find_if(profile_.forwards, [&](const PortForward& forward) {
    return forward.protocol == protocol && forward.inside.address == internal.address &&
           internal.port >= forward.inside.port &&
           internal.port - forward.inside.port <= forward.last_port - forward.first_port;
  });
  return found == profile_.forwards.end() ? nullptr : &*found;
}

const PortForward* Nat::forward_at(Protocol protocol, std::uint16_t external_port) const {
  const auto found = std::ranges::find_if(profile_.forwards, [&](const PortForward& forward) {
    return forward.protocol == protocol && external_port >= forward.first_port && external_port <= forward.last_port;
  });
  return found == profile_.forwards.end() ? nullptr : &*found;
}

std::vector<net::IpAddress> Nat::external_of(net::Family family) const {
  std::vector<net::IpAddress> out;
  std::ranges::copy_if(addresses_.external, std::back_inserter(out),
                       [family](const net::IpAddress& address) { return address.family() == family; });
  return out;
}

bool Nat::is_external(const net::IpAddress& address) const {
  return std::ranges::find(addresses_.external, address) != addresses_.external.end();
}

MappingBehavior Nat::mapping_of(Protocol protocol) const {
  return protocol == Protocol::Tcp ? profile_.tcp_mapping.value_or(profile_.mapping) : profile_.mapping;
}

FilteringBehavior Nat::filtering_of(Protocol protocol) const {
  return protocol == Protocol::Tcp ? profile_.tcp_filtering.value_or(profile_.filtering) : profile_.filtering;
}

// Nothing to remember where nothing is translated with state and nothing filtered.
bool Nat::lets_all_in(Service service, Protocol protocol) const {
  const bool stateless = service == Service::Pass || service == Service::Prefix;
  return stateless && filtering_of(protocol) == FilteringBehavior::EndpointIndependent;
}

}  // namespace lab
