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
      table_(shares_ports() || profile_.filter_state == FilterState::PerInternalEndpoint),
      reassembly_{Reassembly(profile_.fragments), Reassembly(profile_.fragments)} {
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

// RFC 4787 REQ-14: what a datagram's ports say is known only of the whole, so that is what is translated.
net::Result<Packet, Dropped> Nat::whole(Packet packet, Side from, net::TimePoint now) {
  if (!packet.fragment) return packet;
  auto assembled = reassembly_[static_cast<std::size_t>(from)].add(std::move(packet), now);
  if (assembled) return *std::move(assembled);
  return net::Unexpected(assembled.error() == Unassembled::Held ? Dropped::Held : Dropped::Fragment);
}

// ---- from inside ---------------------------------------------------------------------------------------------------

Nat::Service Nat::service_outbound(const net::IpAddress& destination) const {
  if (profile_.mapping == MappingBehavior::None) return Service::Pass;
  if (destination.family() == net::Family::V4) return Service::Translate;
  switch (profile_.ipv6) {
    case Ipv6Service::Nat66: return Service::Translate;
    case Ipv6Service::Firewall: return Service::Pass;
    case Ipv6Service::Nptv6: return Service::Prefix;
    case Ipv6Service::Nat64: return addresses_.nat64.ipv4_in(destination) ? Service::ToIpv4 : Service::Pass;
  }
  return Service::Translate;
}

Endpoint Nat::remote_of(Endpoint destination, Service service) const {
  if (service == Service::ToIpv4) destination.address = *addresses_.nat64.ipv4_in(destination.address);
  return destination;
}

Passage Nat::outbound(Packet arrived, net::TimePoint now) {
  if (blocks(arrived)) return net::Unexpected(Dropped::UdpBlocked);
  auto assembled = whole(std::move(arrived), Side::Inside, now);
  if (!assembled) return net::Unexpected(assembled.error());
  Packet& packet = *assembled;
  const Service service = service_outbound(packet.destination.address);
  if (is_error(packet)) return error_out(std::move(packet), service, now);
  const bool to_ourselves = is_external(remote_of(packet.destination, service).address);
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
  const Endpoint remote = remote_of(packet.destination, service);
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
  if (service == Service::ToIpv4 && !addresses_.nat64.ipv4_in(about->source.address))
    return net::Unexpected(Dropped::Untranslated);
  const Endpoint remote = remote_of(about->source, service);
  const Mapping* mapping = table_.find(flow_key(about->protocol, about->destination, remote, service), now);
  if (mapping == nullptr) return net::Unexpected(Dropped::NoMapping);
  about->source = remote;
  about->destination = mapping->external;
  if (service == Service::ToIpv4) {
    auto rebuilt = error_in_family_of(error, mapping->external.address, *about);
    if (!rebuilt) return net::Unexpected(Dropped::Untranslated);
    error = *std::move(rebuilt);
  } else {
    requote(error, *about);
    error.source.address = mapping->external.address;
  }
  if (is_external(error.destination.address)) return inbound(std::move(error), now);
  return Forwarded{std::move(error)};
}

// ---- from outside --------------------------------------------------------------------------------------------------

Nat::Service Nat::service_inbound(const net::IpAddress& destination) const {
  if (profile_.mapping == MappingBehavior::None) return Service::Pass;
  if (destination.family() == net::Family::V4 || profile_.ipv6 == Ipv6Service::Nat66) return Service::Translate;
  return profile_.ipv6 == Ipv6Service::Nptv6 ? Service::Prefix : Service::Pass;
}

Passage Nat::inbound(Packet arrived, net::TimePoint now) {
  if (blocks(arrived)) return net::Unexpected(Dropped::UdpBlocked);
  auto assembled = whole(std::move(arrived), Side::Outside, now);
  if (!assembled) return net::Unexpected(assembled.error());
  Packet& packet = *assembled;
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
  if (internal.family() != source.family()) source.address = addresses_.nat64.with(source.address);
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
    about->destination.address = addresses_.nat64.with(about->destination.address);
    auto rebuilt = error_in_family_of(error, addresses_.nat64.with(error.source.address), *about);
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

}  // namespace lab
