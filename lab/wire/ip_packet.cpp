#include "lab/wire/ip_packet.h"

#include <algorithm>
#include <cassert>

namespace lab {

namespace {

using net::get_u16;

constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;

// How each protocol is written: numbers of IANA's registry, and where the checksum lies in the segment.
struct Transport {
  Protocol protocol;
  net::Family family;
  std::uint8_t number;
  std::size_t header;    // least size
  std::size_t checksum;  // offset
};
constexpr Transport transports[] = {
    {Protocol::Udp, net::Family::V4, 17, 8, 6},  {Protocol::Udp, net::Family::V6, 17, 8, 6},
    {Protocol::Tcp, net::Family::V4, 6, 20, 16}, {Protocol::Tcp, net::Family::V6, 6, 20, 16},
    {Protocol::Icmp, net::Family::V4, 1, 8, 2},  {Protocol::Icmp, net::Family::V6, 58, 8, 2},
};

const Transport* find_transport(net::Family family, std::uint8_t number) {
  const auto* found =
      std::ranges::find_if(transports, [&](const Transport& t) { return t.family == family && t.number == number; });
  return found == std::end(transports) ? nullptr : found;
}

const Transport& transport_of(const Packet& packet) {
  return *std::ranges::find_if(transports, [&](const Transport& t) {
    return t.protocol == packet.protocol && t.family == packet.source.family();
  });
}

std::uint32_t sum(net::BytesView bytes) {
  std::uint32_t total = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) total += get_u16(bytes.subspan(i));
  if (bytes.size() % 2 == 1) total += static_cast<std::uint32_t>(bytes.back() << 8);
  return total;
}

// The pseudo-header (RFC 768, 9293 3.1, 8200 8.1), which ICMP for IPv4 does without (RFC 792).
std::uint32_t pseudo_header(const Transport& transport, const Packet& packet) {
  if (transport.protocol == Protocol::Icmp && transport.family == net::Family::V4) return 0;
  return sum(packet.source.address.bytes()) + sum(packet.destination.address.bytes()) + transport.number +
         static_cast<std::uint32_t>(packet.payload.size());
}

bool checksum_right(const Transport& transport, const Packet& packet) {
  const bool optional = transport.protocol == Protocol::Udp && transport.family == net::Family::V4;
  if (optional && get_u16(net::BytesView(packet.payload).subspan(transport.checksum)) == 0) return true;
  return internet_checksum(packet.payload, pseudo_header(transport, packet)) == 0;
}

net::IpAddress address_at(net::BytesView at, net::Family family) {
  if (family == net::Family::V4) return net::IpAddress::v4({at[0], at[1], at[2], at[3]});
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(at.begin(), bytes.size(), bytes.begin());
  return net::IpAddress::v6(bytes);
}

std::optional<Packet> with_segment(Packet packet, std::uint8_t number, net::BytesView segment) {
  const Transport* transport = find_transport(packet.source.family(), number);
  if (transport == nullptr || segment.size() < transport->header) return std::nullopt;
  if (transport->protocol == Protocol::Udp) {
    const std::size_t length = get_u16(segment.subspan(4));
    if (length < transport->header || length > segment.size()) return std::nullopt;
    segment = segment.first(length);
  }
  packet.protocol = transport->protocol;
  packet.payload.assign(segment.begin(), segment.end());
  if (!checksum_right(*transport, packet)) return std::nullopt;
  if (packet.protocol != Protocol::Icmp) {
    packet.source.port = get_u16(segment);
    packet.destination.port = get_u16(segment.subspan(2));
  }
  return packet;
}

std::optional<Packet> parse_v4(net::BytesView bytes) {
  if (bytes.size() < ipv4_header) return std::nullopt;
  const std::size_t header = (bytes[0] & 0x0FU) * 4U;
  const std::size_t length = get_u16(bytes.subspan(2));
  if (header < ipv4_header || length < header || length > bytes.size()) return std::nullopt;
  const bool fragment = (get_u16(bytes.subspan(6)) & 0x3FFF) != 0;  // more to come, or an offset
  if (fragment || internet_checksum(bytes.first(header)) != 0) return std::nullopt;
  Packet packet;
  packet.ttl = bytes[8];
  packet.source.address = address_at(bytes.subspan(12), net::Family::V4);
  packet.destination.address = address_at(bytes.subspan(16), net::Family::V4);
  return with_segment(std::move(packet), bytes[9], bytes.subspan(header, length - header));
}

std::optional<Packet> parse_v6(net::BytesView bytes) {
  if (bytes.size() < ipv6_header) return std::nullopt;
  const std::size_t length = get_u16(bytes.subspan(4));
  if (length > bytes.size() - ipv6_header) return std::nullopt;
  Packet packet;
  packet.ttl = bytes[7];
  packet.source.address = address_at(bytes.subspan(8), net::Family::V6);
  packet.destination.address = address_at(bytes.subspan(24), net::Family::V6);
  return with_segment(std::move(packet), bytes[6], bytes.subspan(ipv6_header, length));
}

void put_u16(net::Bytes& bytes, std::size_t at, std::uint16_t value) {
  std::ranges::copy(net::u16_bytes(value), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

net::Bytes header_v4(const Packet& packet, std::uint8_t number) {
  net::Bytes out(ipv4_header);
  out[0] = 0x45;
  put_u16(out, 2, static_cast<std::uint16_t>(ipv4_header + packet.payload.size()));
  put_u16(out, 6, 0x4000);  // do not fragment
  out[8] = packet.ttl;
  out[9] = number;
  std::ranges::copy(packet.source.address.bytes(), out.begin() + 12);
  std::ranges::copy(packet.destination.address.bytes(), out.begin() + 16);
  put_u16(out, 10, internet_checksum(out));
  return out;
}

net::Bytes header_v6(const Packet& packet, std::uint8_t number) {
  net::Bytes out(ipv6_header);
  out[0] = 0x60;
  put_u16(out, 4, static_cast<std::uint16_t>(packet.payload.size()));
  out[6] = number;
  out[7] = packet.ttl;
  std::ranges::copy(packet.source.address.bytes(), out.begin() + 8);
  std::ranges::copy(packet.destination.address.bytes(), out.begin() + 24);
  return out;
}

}  // namespace

std::uint16_t internet_checksum(net::BytesView bytes, std::uint32_t initial) {
  std::uint32_t total = initial + sum(bytes);
  while (total > 0xFFFF) total = (total & 0xFFFF) + (total >> 16);
  return static_cast<std::uint16_t>(~total);
}

std::optional<Packet> parse_ip(net::BytesView bytes) {
  if (bytes.empty()) return std::nullopt;
  switch (bytes[0] >> 4) {
    case 4: return parse_v4(bytes);
    case 6: return parse_v6(bytes);
    default: return std::nullopt;
  }
}

net::Bytes to_ip(const Packet& packet) {
  const Transport& transport = transport_of(packet);
  assert(packet.payload.size() >= transport.header);
  Packet segment = packet;
  if (packet.protocol != Protocol::Icmp) {
    put_u16(segment.payload, 0, packet.source.port);
    put_u16(segment.payload, 2, packet.destination.port);
  }
  put_u16(segment.payload, transport.checksum, 0);
  const auto checksum = internet_checksum(segment.payload, pseudo_header(transport, segment));
  // RFC 768: a sum of 0 is written as all ones, 0 stands for "none". (In TCP and ICMP both mean the same.)
  put_u16(segment.payload, transport.checksum, checksum == 0 ? std::uint16_t{0xFFFF} : checksum);

  net::Bytes out = packet.source.family() == net::Family::V4 ? header_v4(packet, transport.number)
                                                             : header_v6(packet, transport.number);
  net::append(out, segment.payload);
  return out;
}

}  // namespace lab
