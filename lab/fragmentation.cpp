#include "lab/fragmentation.h"

#include <algorithm>
#include <cassert>

#include "lab/ip_packet.h"

namespace lab {
namespace {

// RFC 791's header has room for 16 bits.
Fragment whole(const Packet& packet, std::uint32_t id) {
  return packet.fragment.value_or(Fragment{.id = packet.source.family() == net::Family::V4 ? id & 0xFFFF : id});
}

}  // namespace

std::vector<Packet> fragments_of(const Packet& packet, std::uint16_t mtu, std::uint32_t id) {
  const Fragment divided = whole(packet, id);
  const net::Bytes payload = packet.fragment ? packet.payload : to_segment(packet);
  Packet part{.protocol = packet.protocol,
              .source = net::with_port(packet.source, 0),
              .destination = net::with_port(packet.destination, 0),
              .ttl = packet.ttl,
              .dont_fragment = packet.source.family() == net::Family::V6,  // routers never divide it further
              .fragment = divided};
  assert(mtu >= ip_size(part) + 8);
  const std::size_t most = (mtu - ip_size(part)) / 8 * 8;

  std::vector<Packet> parts;
  for (std::size_t at = 0; at < payload.size(); at += most) {
    const std::size_t size = std::min(most, payload.size() - at);
    const auto begin = payload.begin() + static_cast<std::ptrdiff_t>(at);
    part.payload.assign(begin, begin + static_cast<std::ptrdiff_t>(size));
    part.fragment->offset = static_cast<std::uint16_t>(divided.offset + at);
    part.fragment->more_follow = divided.more_follow || at + size < payload.size();
    parts.push_back(part);
  }
  return parts;
}

}  // namespace lab
