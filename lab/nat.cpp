#include "lab/nat.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "lab/icmp.h"
#include "lab/mapping_lifetime.h"
#include "lab/payload_rewriting.h"
#include "lab/tcp_segment.h"

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

bool is_error(const Packet& packet) {
  return packet.protocol == Protocol::Icmp && icmp_kind(packet) == IcmpKind::Error;
}

bool is_query(const Packet& packet) {
  const IcmpKind kind = icmp_kind(packet);
  return kind == IcmpKind::EchoRequest || kind == IcmpKind::EchoReply;
}

bool opens_connection(const Packet& packet) {
  if (packet.protocol != Protocol::Tcp || packet.payload.size() < tcp_header_size) return false;
  const TcpHeader header = tcp_header(packet);
  return header.syn && !header.ack;
}

}  // namespace

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

Nat::Nat(NatProfile profile, NatAddresses addresses, net::Random chance)
    : profile_(std::move(profile)),
      addresses_(std::move(addresses)),
      allocator_(profile_, chance),
      table_(shares_ports() || profile_.filter_state == FilterState::PerInternalEndpoint) {
  assert(profile_.first_port <= profile_.last_port);
}

void Nat::forget() {
  table_.clear();
  allocator_.forget();
  own_flows_.clear();
  collided_.clear();
}

void Nat::readdress(std::vector<net::IpAddress> external) {
  forget();
  addresses_.external = std::move(external);
}

std::optional<net::IpAddress> Nat::outside_address(const net::IpAddress& inside) const {
  const bool v4 = inside.family() == net::Family::V4;
  if (profile_.mapping == MappingBehavior::None) return inside;
  if (v4 || profile_.ipv6 == Ipv6Service::Nat66) return std::nullopt;
  if (profile_.ipv6 != Ipv6Service::Nptv6) return inside;
  const auto& prefixes = addresses_.prefixes;
  if (!prefixes || !has_prefix(inside, prefixes->inside, prefixes->length)) return std::nullopt;
  return prefix_to_outside(*prefixes, inside);
}

// ---- from inside ---------------------------------------------------------------------------------------------------

Nat::Service Nat::service_outbound(const net::IpAddress& destination) const {
  if (profile_.mapping == MappingBehavior::None) return Service::Pass;
  if (destination.family() == net::Family::V4) return Service::Translate;
  switch (profile_.ipv6) {
    case Ipv6Service::Nat66: return Service::Translate;
    case Ipv6Service::Firewall: return Service::Pass;
    case Ipv6Service::Nptv6: return Service::Prefix;
    case Ipv6Service::Nat64: return ipv4_of(destination) ? Service::ToIpv4 : Service::Pass;
  }
  return Service::Translate;
}

Passage Nat::outbound(Packet packet, net::TimePoint now) {
  if (blocks(packet)) return net::Unexpected(Dropped::UdpBlocked);
  const Service service = service_outbound(packet.destination.address);
  if (is_error(packet)) return error_out(std::move(packet), service, now);
  const bool to_ourselves = is_external(packet.destination.address);
  if (to_ourselves && profile_.hairpin == Hairpin::Off) return net::Unexpected(Dropped::NoHairpin);
  const Endpoint internal = packet.source;
  Passage sent = send_out(std::move(packet), service, now);
  return to_ourselves && sent ? turn_round(std::move(sent), internal, now) : sent;
}

Passage Nat::send_out(Packet packet, Service service, net::TimePoint now) {
  if (service == Service::Pass && lets_all_in(service, packet.protocol)) return Forwarded{std::move(packet)};
  if (packet.protocol == Protocol::Icmp && service != Service::Pass && !(profile_.icmp_queries && is_query(packet))) {
    return net::Unexpected(Dropped::Untranslated);
  }
  Endpoint remote = packet.destination;
  if (service == Service::ToIpv4) remote.address = *ipv4_of(remote.address);
  const Found found = mapping_for(flow_key(packet.protocol, packet.source, remote, service), remote, service, now);
  if (!found) return net::Unexpected(found.error());
  Mapping& mapping = **found;
  const bool over = note_packet(mapping, profile_, packet, remote, Direction::Outbound, now);
  mapping.permitted.insert(trimmed(remote, filtering_of(packet.protocol)));
  const Endpoint internal = packet.source;
  packet = in_family_of(std::move(packet), mapping.external, remote);
  if (profile_.rewrites_payload && packet.protocol == Protocol::Udp) {
    packet.payload = with_rewritten(std::move(packet.payload), internal, mapping.external);
  }
  if (over) table_.erase(mapping);
  return Forwarded{std::move(packet)};
}

// What was sent to one of our own external endpoints comes in again. What we answer it goes to the inside, too.
Passage Nat::turn_round(Passage sent, const Endpoint& internal, net::TimePoint now) {
  Passage back = inbound(std::move(sent->packet), now);
  if (!back) return back;
  if (back->leaves == Side::Outside) return inbound(std::move(back->packet), now);
  if (profile_.hairpin == Hairpin::InternalSource) back->packet.source = internal;
  return back;
}

// About a packet that came in: the inside endpoint it was for is known outside by its mapping.
Passage Nat::error_out(Packet error, Service service, net::TimePoint now) {
  if (service == Service::Pass) return Forwarded{std::move(error)};
  auto about = quoted(error);
  if (!about || !profile_.icmp_errors) return net::Unexpected(Dropped::Untranslated);
  Endpoint remote = about->source;
  if (service == Service::ToIpv4) {
    const auto v4 = ipv4_of(remote.address);
    if (!v4) return net::Unexpected(Dropped::Untranslated);
    remote.address = *v4;
  }
  const Mapping* mapping = table_.find(flow_key(about->protocol, about->destination, remote, service), now);
  if (mapping == nullptr) return net::Unexpected(Dropped::NoMapping);
  about->source = remote;
  about->destination = mapping->external;
  if (service == Service::ToIpv4) {
    auto rebuilt = error_in_family_of(error, mapping->external.address, *about);
    if (!rebuilt) return net::Unexpected(Dropped::Untranslated);
    return Forwarded{*std::move(rebuilt)};
  }
  requote(error, *about);
  error.source.address = mapping->external.address;
  if (is_external(error.destination.address)) return inbound(std::move(error), now);
  return Forwarded{std::move(error)};
}

// ---- from outside --------------------------------------------------------------------------------------------------

Nat::Service Nat::service_inbound(const net::IpAddress& destination) const {
  if (profile_.mapping == MappingBehavior::None) return Service::Pass;
  if (destination.family() == net::Family::V4 || profile_.ipv6 == Ipv6Service::Nat66) return Service::Translate;
  return profile_.ipv6 == Ipv6Service::Nptv6 ? Service::Prefix : Service::Pass;
}

Passage Nat::inbound(Packet packet, net::TimePoint now) {
  if (blocks(packet)) return net::Unexpected(Dropped::UdpBlocked);
  const Service service = service_inbound(packet.destination.address);
  return is_error(packet) ? error_in(std::move(packet), service, now) : let_in(std::move(packet), service, now);
}

Passage Nat::let_in(Packet packet, Service service, net::TimePoint now) {
  if (lets_all_in(service, packet.protocol)) {
    if (service == Service::Prefix) {
      packet.destination.address = prefix_to_inside(*addresses_.prefixes, packet.destination.address);
    }
    return Forwarded{std::move(packet), Side::Inside};
  }
  const Found found = accepting({packet.protocol, packet.destination}, packet.source, now);
  if (!found) {
    if (const PortForward* forward = forward_at(packet.protocol, packet.destination.port);
        forward != nullptr && service == Service::Translate) {
      const int offset = packet.destination.port - forward->first_port;
      packet.destination = net::with_port(forward->inside, static_cast<std::uint16_t>(forward->inside.port + offset));
      return Forwarded{std::move(packet), Side::Inside};
    }
    return react(packet, found.error(), now);
  }
  Mapping& mapping = **found;
  const bool over = note_packet(mapping, profile_, packet, packet.source, Direction::Inbound, now);
  const Endpoint internal = mapping.key.internal;
  Endpoint source = packet.source;
  if (internal.family() != source.family()) source.address = ipv4_in_ipv6(source.address);
  if (profile_.rewrites_payload && packet.protocol == Protocol::Udp) {
    packet.payload = with_rewritten(std::move(packet.payload), mapping.external, internal);
  }
  if (over) table_.erase(mapping);
  return Forwarded{in_family_of(std::move(packet), source, internal), Side::Inside};
}

// About a packet that went out: its source was a mapping of ours, and it was sent where the error says.
Passage Nat::error_in(Packet error, Service service, net::TimePoint now) {
  auto about = quoted(error);
  if (!about) return net::Unexpected(Dropped::Untranslated);
  if (service == Service::Pass && lets_all_in(service, about->protocol))
    return Forwarded{std::move(error), Side::Inside};
  Endpoint internal = about->source;
  if (service == Service::Prefix && lets_all_in(service, about->protocol)) {
    internal.address = prefix_to_inside(*addresses_.prefixes, internal.address);
  } else {
    if (service == Service::Translate && !profile_.icmp_errors) return net::Unexpected(Dropped::Untranslated);
    const Found found = accepting({about->protocol, about->source}, about->destination, now);
    if (!found) return net::Unexpected(found.error());
    internal = (*found)->key.internal;
  }
  about->source = internal;
  if (internal.family() != error.source.family()) {
    about->destination.address = ipv4_in_ipv6(about->destination.address);
    auto rebuilt = error_in_family_of(error, ipv4_in_ipv6(error.source.address), *about);
    if (!rebuilt) return net::Unexpected(Dropped::Untranslated);
    return Forwarded{*std::move(rebuilt), Side::Inside};
  }
  requote(error, *about);
  error.destination.address = internal.address;
  return Forwarded{std::move(error), Side::Inside};
}

// What nobody asked for.
Passage Nat::react(const Packet& packet, Dropped reason, net::TimePoint now) {
  const auto refused = [&]() -> Passage {
    auto error = make_icmp_error(packet, packet.destination.address, IcmpError::PortUnreachable);
    if (!error) return net::Unexpected(reason);
    return Forwarded{*std::move(error)};
  };
  if (packet.protocol == Protocol::Tcp) {
    if (!opens_connection(packet) || profile_.unsolicited_syn == SynReaction::Drop) return net::Unexpected(reason);
    if (profile_.unsolicited_syn == SynReaction::Icmp) return refused();
    return Forwarded{make_tcp_reset(packet)};
  }
  if (packet.protocol != Protocol::Udp || profile_.unsolicited == Unsolicited::Drop) return net::Unexpected(reason);
  if (profile_.unsolicited == Unsolicited::Icmp) return refused();
  std::erase_if(own_flows_, [&](const OwnFlow& flow) {
    return now >= flow.expires || (flow.external == packet.destination && flow.remote == packet.source);
  });
  own_flows_.push_back({packet.destination, packet.source, now + profile_.unsolicited_lifetime});
  return net::Unexpected(Dropped::OwnInput);
}

// ---- mappings ------------------------------------------------------------------------------------------------------

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
