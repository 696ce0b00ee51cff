#include "lab/mapping_table.h"

#include <algorithm>

namespace lab {

net::Endpoint trimmed(const net::Endpoint& endpoint, net::FilteringBehavior keep) {
  switch (keep) {
    case net::FilteringBehavior::EndpointIndependent: return {};
    case net::FilteringBehavior::AddressDependent: return net::with_port(endpoint, 0);
    case net::FilteringBehavior::AddressAndPortDependent: return endpoint;
  }
  return endpoint;
}

net::Endpoint trimmed(const net::Endpoint& endpoint, net::MappingBehavior keep) {
  switch (keep) {
    case net::MappingBehavior::None:
    case net::MappingBehavior::EndpointIndependent: return {};
    case net::MappingBehavior::AddressDependent: return net::with_port(endpoint, 0);
    case net::MappingBehavior::AddressAndPortDependent: return endpoint;
  }
  return endpoint;
}

Mapping* MappingTable::find(const FlowKey& key, net::TimePoint now) {
  const auto found = mappings_.find(key);
  if (found == mappings_.end()) return nullptr;
  if (now < found->second.expires) return &found->second;
  erase(found->second);
  return nullptr;
}

const std::vector<Mapping*>& MappingTable::at(const PortKey& external, net::TimePoint now) {
  return live_in(by_port_, external, now);
}

const std::vector<Mapping*>& MappingTable::of(const PortKey& internal, net::TimePoint now) {
  return live_in(by_internal_, internal, now);
}

const std::vector<Mapping*>& MappingTable::live_in(Index& index, const PortKey& key, net::TimePoint now) {
  static const std::vector<Mapping*> none;
  while (true) {
    const auto entry = index.find(key);
    if (entry == index.end()) return none;
    const auto ended =
        std::ranges::find_if(entry->second, [now](const Mapping* mapping) { return now >= mapping->expires; });
    if (ended == entry->second.end()) return entry->second;
    erase(**ended);
  }
}

Mapping& MappingTable::insert(Mapping mapping, net::TimePoint now) {
  if (mappings_.size() >= sweep_at_) sweep(now);
  const FlowKey key = mapping.key;
  Mapping& placed = mappings_.emplace(key, std::move(mapping)).first->second;
  by_port_[{key.protocol, placed.external}].push_back(&placed);
  if (by_internal_endpoint_) by_internal_[{key.protocol, key.internal}].push_back(&placed);
  ++of_host_[key.internal.address];
  return placed;
}

void MappingTable::erase(const Mapping& mapping) {
  const FlowKey key = mapping.key;
  remove_from(by_port_, {key.protocol, mapping.external}, mapping);
  if (by_internal_endpoint_) remove_from(by_internal_, {key.protocol, key.internal}, mapping);
  const auto host = of_host_.find(key.internal.address);
  if (--host->second == 0) of_host_.erase(host);
  mappings_.erase(key);
}

void MappingTable::remove_from(Index& index, const PortKey& key, const Mapping& mapping) {
  const auto entry = index.find(key);
  std::erase(entry->second, &mapping);
  if (entry->second.empty()) index.erase(entry);
}

void MappingTable::clear() {
  mappings_.clear();
  by_port_.clear();
  by_internal_.clear();
  of_host_.clear();
}

std::size_t MappingTable::size_below(std::size_t limit, net::TimePoint now) {
  if (mappings_.size() >= limit) sweep(now);
  return mappings_.size();
}

std::size_t MappingTable::of_host_below(const net::IpAddress& host, std::size_t limit, net::TimePoint now) {
  const auto count = [&] {
    const auto found = of_host_.find(host);
    return found == of_host_.end() ? 0 : found->second;
  };
  if (count() >= limit) sweep(now);
  return count();
}

void MappingTable::sweep(net::TimePoint now) {
  std::vector<const Mapping*> ended;
  for (const auto& [key, mapping] : mappings_) {
    if (now >= mapping.expires) ended.push_back(&mapping);
  }
  for (const Mapping* mapping : ended) erase(*mapping);
  sweep_at_ = std::max<std::size_t>(1024, 2 * mappings_.size());
}

std::size_t FlowHash::operator()(const FlowKey& key) const noexcept {
  const std::hash<net::Endpoint> hash;
  return (hash(key.internal) * 31 + hash(key.destination)) * 31 + static_cast<std::size_t>(key.protocol);
}

std::size_t FlowHash::operator()(const PortKey& key) const noexcept {
  return std::hash<net::Endpoint>{}(key.endpoint) * 31 + static_cast<std::size_t>(key.protocol);
}

}  // namespace lab
