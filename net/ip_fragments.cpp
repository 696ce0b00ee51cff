#include "net/ip_fragments.h"

#include <algorithm>
#include <cassert>

#include "net/udp_packet.h"

namespace net {
namespace {

constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t fragment_header = 8;
constexpr std::size_t offset_unit = 8;
constexpr std::uint8_t fragment_follows = 44;  // IANA's protocol numbers

struct Place {
  std::size_t offset;
  bool last;
};

void put_at(Bytes& bytes, std::size_t at, std::uint16_t value) {
  std::ranges::copy(u16_bytes(value), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

Bytes ipv4_head(BytesView whole, std::size_t size, Place place, std::uint32_t id) {
  constexpr std::uint16_t more_follow = 0x2000;
  Bytes out(whole.begin(), whole.begin() + ipv4_header);
  put_at(out, 2, static_cast<std::uint16_t>(ipv4_header + size));
  put_at(out, 4, static_cast<std::uint16_t>(id));
  put_at(out, 6, static_cast<std::uint16_t>(place.offset / offset_unit | (place.last ? 0 : more_follow)));
  put_at(out, 10, 0);
  put_at(out, 10, internet_checksum(out));
  return out;
}

Bytes ipv6_head(BytesView whole, std::size_t size, Place place, std::uint32_t id) {
  Bytes out(whole.begin(), whole.begin() + ipv6_header);
  put_at(out, 4, static_cast<std::uint16_t>(fragment_header + size));
  const std::uint8_t next = out[6];
  out[6] = fragment_follows;
  append(out, Bytes{next, 0});
  append(out, u16_bytes(static_cast<std::uint16_t>(place.offset | (place.last ? 0U : 1U))));
  append(out, u32_bytes(id));
  return out;
}

}  // namespace

std::vector<Bytes> ip_fragments(BytesView packet, std::uint16_t most, std::uint32_t id) {
  const bool v4 = packet[0] >> 4 == 4;
  const BytesView data = packet.subspan(v4 ? ipv4_header : ipv6_header);
  const std::size_t headers = v4 ? ipv4_header : ipv6_header + fragment_header;
  assert(most >= headers + offset_unit);
  const std::size_t part_size = (most - headers) / offset_unit * offset_unit;
  std::vector<Bytes> out;
  for (std::size_t at = 0; at < data.size(); at += part_size) {
    const BytesView part = data.subspan(at, std::min(part_size, data.size() - at));
    const Place place{at, at + part.size() == data.size()};
    out.push_back(v4 ? ipv4_head(packet, part.size(), place, id) : ipv6_head(packet, part.size(), place, id));
    append(out.back(), part);
  }
  return out;
}

}  // namespace net
