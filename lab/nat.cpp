#include "lab/nat.h"

#include <algorithm>
#include <cassert>

namespace lab {
namespace {

using net::Endpoint;
using net::FilteringBehavior;
using net::MappingBehavior;

Endpoint trimmed(const Endpoint& endpoint, FilteringBehavior keep) {
  switch (keep) {
    case FilteringBehavior::EndpointIndependent: return {};
    case FilteringBehavior::AddressDependent: return net::with_port(endpoint, 0);
    case FilteringBehavior::AddressAndPortDependent: return endpoint;
  }
  return endpoint;
}

Endpoint trimmed(const Endpoint& endpoint, MappingBehavior keep) {
  switch (keep) {
    case MappingBehavior::None:
    case MappingBehavior::EndpointIndependent: return {};
    case MappingBehavior::AddressDependent: return net::with_port(endpoint, 0);
    case MappingBehavior::AddressAndPortDependent: return endpoint;
  }
  return endpoint;
}

}  // namespace

Nat::Nat(NatProfile profile, NatAddresses addresses, net::Random chance)
    : profile_(std::move(profile)), addresses_(std::move(addresses)), chance_(chance) {
  assert(profile_.first_port <= profile_.last_port);
  assert(translates() == !addresses_.external.empty());
  for (std::uint16_t& port : last_port_) {
    port = static_cast<std::uint16_t>(chance_.between(profile_.first_port, profile_.last_port));
  }
}

Passage Nat::outbound(Packet packet, net::TimePoint now) {
  if (blocks(packet)) return net::Unexpected(Dropped::UdpBlocked);
  const bool to_ourselves = has_external(packet.destination.address);
  if (to_ourselves && profile_.hairpin == Hairpin::Off) return net::Unexpected(Dropped::NoHairpin);
  if (packet.protocol == Protocol::Icmp) {
    if (translates()) return net::Unexpected(Dropped::Untranslated);
    return Forwarded{std::move(packet)};
  }
  Mapping* mapping = mapping_for(packet, now);
  if (mapping == nullptr) return net::Unexpected(Dropped::NoPort);
  const Endpoint internal = std::exchange(packet.source, mapping->external);
  if (!to_ourselves) return Forwarded{std::move(packet)};

  Passage back = inbound(std::move(packet), now);
  if (back && profile_.hairpin == Hairpin::InternalSource) back->packet.source = internal;
  return back;
}

Passage Nat::inbound(Packet packet, net::TimePoint now) {
  if (blocks(packet)) return net::Unexpected(Dropped::UdpBlocked);
  if (!translates() &&
      (packet.protocol == Protocol::Icmp || profile_.filtering == FilteringBehavior::EndpointIndependent)) {
    return Forwarded{std::move(packet), Side::Inside};
  }
  const Mapping* mapping = accepting(packet, now);
  if (mapping == nullptr) return net::Unexpected(Dropped::Filtered);
  packet.destination = mapping->key.internal;
  return Forwarded{std::move(packet), Side::Inside};
}

void Nat::readdress(std::vector<net::IpAddress> external) {
  forget();
  addresses_.external = std::move(external);
}

std::string_view to_string(Dropped reason) {
  constexpr std::array words = {"UDP is blocked",
                                "no mapping has this port",
                                "filtered: nothing was sent there",
                                "no port is free",
                                "the host's quota is used up",
                                "the table is full",
                                "no hairpinning",
                                "no external address of this family",
                                "ICMP is not translated",
                                "taken by the router itself",
                                "a fragment",
                                "a fragment that waits for the others"};
  return words[static_cast<std::size_t>(reason)];
}

void Nat::forget() {
  mappings_.clear();
  by_flow_.clear();
  by_port_.clear();
  latest_.clear();
}

// The mapping of an outbound packet, made where there is none, refreshed, and open for answers from the destination.
Nat::Mapping* Nat::mapping_for(const Packet& packet, net::TimePoint now) {
  const FlowKey key{packet.protocol, packet.source, trimmed(packet.destination, profile_.mapping)};
  Mapping* mapping = nullptr;
  if (const auto found = by_flow_.find(key); found != by_flow_.end()) {
    mapping = &mappings_.at(found->second);
    if (expired(*mapping, now)) {
      erase(found->second);
      mapping = nullptr;
    }
  }
  if (mapping == nullptr) mapping = new_mapping(key, now);
  if (mapping == nullptr) return nullptr;
  mapping->last_outbound = now;
  mapping->permitted.insert(trimmed(packet.destination, profile_.filtering));
  return mapping;
}

Nat::Mapping* Nat::new_mapping(const FlowKey& key, net::TimePoint now) {
  if (mappings_.size() >= sweep_at_) sweep(now);
  const std::optional<Endpoint> external = translates() ? allocate(key, now) : key.internal;
  if (!external) return nullptr;
  const MappingId id = next_id_++;
  by_flow_.emplace(key, id);
  by_port_[{key.protocol, *external}].push_back(id);
  if (shares_ports()) latest_[{key.protocol, key.internal}] = id;
  return &mappings_.emplace(id, Mapping{.key = key, .external = *external, .last_outbound = now}).first->second;
}

const Nat::Mapping* Nat::accepting(const Packet& packet, net::TimePoint now) {
  const Endpoint remote = trimmed(packet.source, profile_.filtering);
  for (const MappingId id : live_at({packet.protocol, packet.destination}, now)) {
    const Mapping& mapping = mappings_.at(id);
    if (mapping.permitted.contains(remote)) return &mapping;
  }
  return nullptr;
}

// ---- port allocation (RFC 4787 section 4.2) ------------------------------------------------------------------------

std::optional<Endpoint> Nat::allocate(const FlowKey& key, net::TimePoint now) {
  const std::optional<net::IpAddress> address = paired_address(key.internal.address);
  if (!address) return std::nullopt;
  switch (profile_.allocation) {
    case net::PortAllocation::Preserving: return next_free({*address, key.internal.port}, key, now);
    case net::PortAllocation::PreservingOverloading: return next_free({*address, preserved_port(key)}, key, now);
    case net::PortAllocation::Sequential: {
      std::uint16_t& last = last_port_[static_cast<std::size_t>(key.protocol)];
      const unsigned next = profile_.first_port + (last - profile_.first_port + unsigned{profile_.step}) % pool();
      const auto external = next_free({*address, static_cast<std::uint16_t>(next)}, key, now);
      if (external) last = external->port;
      return external;
    }
    case net::PortAllocation::Block:
    case net::PortAllocation::Random: return random_free({*address, 0}, key, now);
  }
  return std::nullopt;
}

// The wanted port, or the next one above it that can be had; round the pool once.
std::optional<Endpoint> Nat::next_free(Endpoint wanted, const FlowKey& key, net::TimePoint now) {
  const bool in_pool = wanted.port >= profile_.first_port && wanted.port <= profile_.last_port;
  const unsigned start = in_pool ? wanted.port - profile_.first_port : 0U;
  for (unsigned i = 0; i < pool(); ++i) {
    wanted.port = static_cast<std::uint16_t>(profile_.first_port + (start + i) % pool());
    if (usable(wanted, key, now)) return wanted;
  }
  return std::nullopt;
}

// Uniform over what is free: by drawing again, and in a crowded pool by counting.
std::optional<Endpoint> Nat::random_free(Endpoint external, const FlowKey& key, net::TimePoint now) {
  constexpr int draws = 64;
  for (int i = 0; i < draws; ++i) {
    external.port = static_cast<std::uint16_t>(chance_.between(profile_.first_port, profile_.last_port));
    if (usable(external, key, now)) return external;
  }
  std::vector<Endpoint> free;
  for (unsigned port = profile_.first_port; port <= profile_.last_port; ++port) {
    external.port = static_cast<std::uint16_t>(port);
    if (usable(external, key, now)) free.push_back(external);
  }
  if (free.empty()) return std::nullopt;
  return free[chance_.below(free.size())];
}

// Linux first re-uses the port this source already has, else its local port (nf_nat_core.c, find_appropriate_src).
std::uint16_t Nat::preserved_port(const FlowKey& key) const {
  const auto latest = latest_.find({key.protocol, key.internal});
  if (latest == latest_.end()) return key.internal.port;
  const auto mapping = mappings_.find(latest->second);
  return mapping == mappings_.end() ? key.internal.port : mapping->second.external.port;
}

// Free, or, where ports are overloaded, not held by another inside endpoint for remotes that this one needs too.
bool Nat::usable(const Endpoint& external, const FlowKey& key, net::TimePoint now) {
  const std::vector<MappingId>& holders = live_at({key.protocol, external}, now);
  if (!shares_ports()) return holders.empty();
  return std::none_of(holders.begin(), holders.end(), [&](MappingId id) {
    const FlowKey& other = mappings_.at(id).key;
    return other.internal != key.internal &&
           trimmed(other.destination, profile_.filtering) == trimmed(key.destination, profile_.filtering);
  });
}

std::optional<net::IpAddress> Nat::paired_address(const net::IpAddress& internal) {
  std::vector<net::IpAddress> candidates;
  for (const net::IpAddress& address : addresses_.external) {
    if (address.family() == internal.family()) candidates.push_back(address);
  }
  if (candidates.empty()) return std::nullopt;
  const std::size_t index = pairing_.try_emplace(internal, pairing_.size()).first->second;
  return candidates[index % candidates.size()];
}

bool Nat::has_external(const net::IpAddress& address) const {
  return std::find(addresses_.external.begin(), addresses_.external.end(), address) != addresses_.external.end();
}

// ---- the table -----------------------------------------------------------------------------------------------------

bool Nat::expired(const Mapping& mapping, net::TimePoint now) const {
  const bool tcp = mapping.key.protocol == Protocol::Tcp;
  return now - mapping.last_outbound >= (tcp ? profile_.tcp_lifetime : profile_.udp_lifetime);
}

const std::vector<Nat::MappingId>& Nat::live_at(const PortKey& port, net::TimePoint now) {
  static const std::vector<MappingId> none;
  const auto holders = by_port_.find(port);
  if (holders == by_port_.end()) return none;
  std::vector<MappingId> dead;
  for (const MappingId id : holders->second) {
    if (expired(mappings_.at(id), now)) dead.push_back(id);
  }
  if (dead.empty()) return holders->second;
  for (const MappingId id : dead) erase(id);
  const auto left = by_port_.find(port);
  return left == by_port_.end() ? none : left->second;
}

void Nat::sweep(net::TimePoint now) {
  std::vector<MappingId> dead;
  for (const auto& [id, mapping] : mappings_) {
    if (expired(mapping, now)) dead.push_back(id);
  }
  for (const MappingId id : dead) erase(id);
  std::erase_if(latest_, [this](const auto& latest) { return !mappings_.contains(latest.second); });
  sweep_at_ = std::max<std::size_t>(1024, 2 * mappings_.size());
}

void Nat::erase(MappingId id) {
  const auto found = mappings_.find(id);
  const Mapping& mapping = found->second;
  by_flow_.erase(mapping.key);
  const auto holders = by_port_.find({mapping.key.protocol, mapping.external});
  std::erase(holders->second, id);
  if (holders->second.empty()) by_port_.erase(holders);
  mappings_.erase(found);
}

std::size_t Nat::KeyHash::operator()(const FlowKey& key) const noexcept {
  const std::hash<Endpoint> hash;
  return (hash(key.internal) * 31 + hash(key.destination)) * 31 + static_cast<std::size_t>(key.protocol);
}

std::size_t Nat::KeyHash::operator()(const PortKey& key) const noexcept {
  return std::hash<Endpoint>{}(key.external) * 31 + static_cast<std::size_t>(key.protocol);
}

}  // namespace lab
