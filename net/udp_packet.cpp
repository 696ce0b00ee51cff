#include "net/udp_packet.h"

#include <algorithm>
#include <cassert>

namespace net {
namespace {

constexpr std::uint8_t udp = 17;
constexpr std::size_t udp_header = 8;

// RFC 1071, before it is folded.
std::uint32_t ones_sum(BytesView bytes) {
  std::uint32_t total = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) total += get_u16(bytes.subspan(i));
  if (bytes.size() % 2 == 1) total += static_cast<std::uint32_t>(bytes.back() << 8);
  return total;
}

std::uint16_t folded(std::uint32_t total) {
  while (total > 0xFFFF) total = (total & 0xFFFF) + (total >> 16);
  return static_cast<std::uint16_t>(~total);
}

void put_u16(Bytes& bytes, std::size_t at, std::uint16_t value) {
  std::ranges::copy(u16_bytes(value), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

Bytes header_v4(const UdpPacket& packet, std::size_t size) {
  Bytes out(12, 0);
  out[0] = 0x45;
  put_u16(out, 2, static_cast<std::uint16_t>(20 + size));
  put_u16(out, 6, packet.dont_fragment ? 0x4000 : 0);
  out[8] = packet.ttl;
  out[9] = udp;
  append(out, packet.source.address.bytes());
  append(out, packet.destination.address.bytes());
  put_u16(out, 10, folded(ones_sum(out)));
  return out;
}

Bytes header_v6(const UdpPacket& packet, std::size_t size) {
  Bytes out(8, 0);
  out[0] = 0x60;
  put_u16(out, 4, static_cast<std::uint16_t>(size));
  out[6] = udp;
  out[7] = packet.ttl;
  append(out, packet.source.address.bytes());
  append(out, packet.destination.address.bytes());
  return out;
}

}  // namespace

std::uint16_t internet_checksum(BytesView bytes) { return folded(ones_sum(bytes)); }

Bytes to_ip(const UdpPacket& packet) {
  assert(packet.source.family() == packet.destination.family());
  const std::size_t size = udp_header + packet.payload.size();
  const bool v4 = packet.source.family() == Family::V4;
  Bytes out = v4 ? header_v4(packet, size) : header_v6(packet, size);
  const std::size_t start = out.size();
  append(out, u16_bytes(packet.source.port));
  append(out, u16_bytes(packet.destination.port));
  append(out, u16_bytes(static_cast<std::uint16_t>(size)));
  append(out, u16_bytes(0));
  append(out, packet.payload);
  const std::uint32_t pseudo_header = ones_sum(packet.source.address.bytes()) +
                                      ones_sum(packet.destination.address.bytes()) + udp +
                                      static_cast<std::uint32_t>(size);
  const std::uint16_t checksum = folded(pseudo_header + ones_sum(BytesView(out).subspan(start)));
  put_u16(out, start + 6, checksum == 0 ? 0xFFFF : checksum);  // RFC 768: 0 stands for "none"
  return out;
}

}  // namespace net
