// What becomes of a packet that is put onto a link.

#include <algorithm>
#include <array>

#include "lab/fragmentation.h"
#include "lab/icmp.h"
#include "lab/ip_packet.h"
#include "lab/network.h"

namespace lab {

void Network::cross(const Crossing& at, Packet packet) {
  const Link& link = nodes_[at.link.value].link;
  const LinkProfile& direction = link.direction(at.way);
  if (link.cut) return drop(at, packet, Fate::Cut);
  if (direction.mtu != 0 && !packet.reliable && ip_size(packet) > direction.mtu) {
    return packet.dont_fragment ? refuse_size(at, packet) : cross_in_parts(at, packet);
  }
  const bool from_host = at.origin == nullptr;
  if (from_host && packet.source.family() == net::Family::V6) packet.dont_fragment = true;  // RFC 8200: by no router
  const std::optional<net::TimePoint> sent = time_on_line(at, packet);
  if (!sent) return drop(at, packet, Fate::QueueFull);
  const Arrivals copies = packet.reliable ? Arrivals{{direction.delay}, 1} : arrivals(direction, chance_);
  if (copies.count == 0) return drop(at, packet, Fate::Lost);
  sight(at, packet, copies.count == 1 ? Fate::Sent : Fate::Doubled);
  if (copies.count == 2) schedule(*sent + copies.delays[1], {packet, at.link, at.way});
  schedule(*sent + copies.delays[0], {std::move(packet), at.link, at.way});
}

// When its last bit is on the line; never when the queue is full.
std::optional<net::TimePoint> Network::time_on_line(const Crossing& at, const Packet& packet) {
  Node& node = nodes_[at.link.value];
  const LinkProfile& direction = node.link.direction(at.way);
  if (direction.rate == 0) return at.now;
  net::TimePoint& line_free = node.line_free[static_cast<std::size_t>(at.way)];
  const net::TimePoint start = std::max(line_free, at.now);
  if (start - at.now > direction.queue && !packet.reliable) return std::nullopt;
  return line_free = start + serialization(direction, ip_size(packet));
}

void Network::cross_in_parts(const Crossing& at, const Packet& packet) {
  sight(at, packet, Fate::Fragmented);
  const std::uint16_t mtu = nodes_[at.link.value].link.direction(at.way).mtu;
  const Crossing part_at{.link = at.link, .way = at.way, .now = at.now};
  for (Packet& part : fragments_of(packet, mtu, fragment_id_++)) cross(part_at, std::move(part));
}

// The router that was to send it says so, about the packet as it had come (RFC 1191, RFC 8201). A host hears it from
// the router it wanted to send it to.
void Network::refuse_size(const Crossing& at, Packet packet) {
  drop(at, packet, Fate::TooBig);
  const Node& node = nodes_[at.link.value];
  const std::size_t mtu = node.link.direction(at.way).mtu;
  if (at.origin == nullptr) {
    const net::IpAddress router = router_address(node.parent, Way::Up, packet.source.family());
    auto error = make_icmp_error(packet, router, IcmpError::TooBig, static_cast<std::uint16_t>(mtu));
    if (error) schedule(at.now, {std::move(*error), at.link, Way::Down});
    return;
  }
  const std::size_t size = ip_size(packet);
  packet.source = at.origin->flow.source;
  packet.destination = at.origin->flow.destination;
  const std::size_t mtu_there = mtu + ip_size(packet) - size;  // another one where the family was another
  answer(*at.origin, packet, IcmpError::TooBig, static_cast<std::uint16_t>(mtu_there));
}

void Network::drop(const Crossing& at, const Packet& packet, Fate fate, std::optional<Dropped> reason) {
  switch (fate) {
    case Fate::Lost: ++dispositions_.lost; break;
    case Fate::Cut: ++dispositions_.cut; break;
    case Fate::QueueFull: ++dispositions_.queue_full; break;
    case Fate::TooBig: ++dispositions_.too_big; break;
    case Fate::Expired: ++dispositions_.ttl_expired; break;
    case Fate::NoRoute: ++dispositions_.no_route; break;
    case Fate::Blocked: ++dispositions_.blocked; break;
    case Fate::Refused: ++dispositions_.filtered; break;
    case Fate::Sent:
    case Fate::Doubled:
    case Fate::Fragmented: break;
  }
  sight(at, packet, fate, reason);
}

void Network::sight(const Crossing& at, const Packet& packet, Fate fate, std::optional<Dropped> reason) {
  if (observers_.empty()) return;
  std::optional<Flow> was;
  if (at.origin != nullptr && at.origin->flow != Flow{packet.source, packet.destination}) was = at.origin->flow;
  const Sighting sighting{
      .time = at.now, .link = at.link, .way = at.way, .packet = packet, .fate = fate, .reason = reason, .was = was};
  for (const auto& observer : observers_) observer(sighting);
}

}  // namespace lab
