#include "lab/ip_packet.h"

#include <algorithm>
#include <cassert>

#include "lab/icmp.h"

namespace lab {

namespace {

using net::get_u16;

constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t ipv6_fragment_header = 8;
constexpr std::uint8_t ipv6_fragment = 44;  // its number as a next header

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

const Transport& transport_of(Protocol protocol, net::Family family) {
  return transports[static_cast<std::size_t>(protocol) * 2 + static_cast<std::size_t>(family)];
}

const Transport& transport_of(const Packet& packet) { return transport_of(packet.protocol, packet.source.family()); }

std::uint32_t sum(net::BytesView bytes) {
  std::uint32_t total = 0;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) total += get_u16(bytes.subspan(i));
  if (bytes.size() % 2 == 1) total += static_cast<std::uint32_t>(bytes.back() << 8);
  return total;
}

// The pseudo-header (RFC 768, 9293 3.1, 8200 8.1), which ICMP for IPv4 does without (RFC 792).
std::uint32_t pseudo_header(const Transport& transport, const Packet& packet, std::size_t size) {
  if (transport.protocol == Protocol::Icmp && transport.family == net::Family::V4) return 0;
  return sum(packet.source.address.bytes()) + sum(packet.destination.address.bytes()) + transport.number +
         static_cast<std::uint32_t>(size);
}

bool checksum_right(const Transport& transport, const Packet& packet, net::BytesView segment) {
  const bool optional = transport.protocol == Protocol::Udp && transport.family == net::Family::V4;
  if (optional && get_u16(segment.subspan(transport.checksum)) == 0) return true;
  return internet_checksum(segment, pseudo_header(transport, packet, segment.size())) == 0;
}

// What follows the IP header: the part of a fragment as it is, else a segment.
std::optional<Packet> with_payload(Packet packet, std::uint8_t number, net::BytesView payload, Checksums checksums) {
  const auto protocol = protocol_of(number, packet.source.family());
  if (!protocol) return std::nullopt;
  packet.protocol = *protocol;
  if (!packet.fragment) return with_segment(std::move(packet), payload, checksums);
  packet.payload.assign(payload.begin(), payload.end());
  return packet;
}

std::optional<Packet> parse_v4(net::BytesView bytes, Checksums checksums) {
  if (bytes.size() < ipv4_header) return std::nullopt;
  const std::size_t header = (bytes[0] & 0x0FU) * 4U;
  const std::size_t length = get_u16(bytes.subspan(2));
  if (header < ipv4_header || length < header || length > bytes.size()) return std::nullopt;
  if (internet_checksum(bytes.first(header)) != 0) return std::nullopt;
  Packet packet;
  const std::uint16_t flags = get_u16(bytes.subspan(6));
  packet.dont_fragment = (flags & 0x4000) != 0;
  if ((flags & 0x3FFF) != 0) {
    packet.fragment = {.id = get_u16(bytes.subspan(4)),
                       .offset = static_cast<std::uint16_t>((flags & 0x1FFF) * 8),
                       .more_follow = (flags & 0x2000) != 0};
  }
  packet.ttl = bytes[8];
  packet.source.address = address_at(bytes.subspan(12), net::Family::V4);
  packet.destination.address = address_at(bytes.subspan(16), net::Family::V4);
  return with_payload(std::move(packet), bytes[9], bytes.subspan(header, length - header), checksums);
}

std::optional<Packet> parse_v6(net::BytesView bytes, Checksums checksums) {
  if (bytes.size() < ipv6_header) return std::nullopt;
  const std::size_t length = get_u16(bytes.subspan(4));
  if (length > bytes.size() - ipv6_header) return std::nullopt;
  Packet packet;
  packet.dont_fragment = true;  // routers never fragment IPv6
  packet.ttl = bytes[7];
  packet.source.address = address_at(bytes.subspan(8), net::Family::V6);
  packet.destination.address = address_at(bytes.subspan(24), net::Family::V6);
  std::uint8_t next = bytes[6];
  net::BytesView payload = bytes.subspan(ipv6_header, length);
  if (next == ipv6_fragment) {
    if (payload.size() < ipv6_fragment_header) return std::nullopt;
    const std::uint16_t place = get_u16(payload.subspan(2));
    packet.fragment = {.id = net::get_u32(payload.subspan(4)),
                       .offset = static_cast<std::uint16_t>(place & 0xFFF8),
                       .more_follow = (place & 1) != 0};
    next = payload[0];
    payload = payload.subspan(ipv6_fragment_header);
    if (packet.fragment->offset == 0 && !packet.fragment->more_follow) packet.fragment.reset();  // RFC 6946: atomic
  }
  return with_payload(std::move(packet), next, payload, checksums);
}

void put_u16(net::Bytes& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

void append_header_v4(const Packet& packet, std::size_t payload, net::Bytes& out) {
  out.resize(ipv4_header);
  out[0] = 0x45;
  out[1] = 0;
  put_u16(out, 2, static_cast<std::uint16_t>(ipv4_header + payload));
  put_u16(out, 4, packet.fragment ? static_cast<std::uint16_t>(packet.fragment->id) : std::uint16_t{0});
  std::uint16_t flags = packet.dont_fragment ? 0x4000 : 0;
  if (packet.fragment) {
    flags = static_cast<std::uint16_t>((packet.fragment->more_follow ? 0x2000 : 0) | (packet.fragment->offset / 8));
  }
  put_u16(out, 6, flags);
  out[8] = packet.ttl;
  out[9] = protocol_number(packet.protocol, net::Family::V4);
  put_u16(out, 10, 0);
  std::ranges::copy(packet.source.address.bytes(), out.begin() + 12);
  std::ranges::copy(packet.destination.address.bytes(), out.begin() + 16);
  put_u16(out, 10, internet_checksum(out));
}

void append_header_v6(const Packet& packet, std::size_t payload, net::Bytes& out) {
  const std::size_t extension = packet.fragment ? ipv6_fragment_header : 0;
  const std::uint8_t number = protocol_number(packet.protocol, net::Family::V6);
  out.assign(ipv6_header + extension, 0);
  out[0] = 0x60;
  put_u16(out, 4, static_cast<std::uint16_t>(payload + extension));
  out[6] = packet.fragment ? ipv6_fragment : number;
  out[7] = packet.ttl;
  std::ranges::copy(packet.source.address.bytes(), out.begin() + 8);
  std::ranges::copy(packet.destination.address.bytes(), out.begin() + 24);
  if (!packet.fragment) return;
  out[ipv6_header] = number;
  put_u16(out, ipv6_header + 2, static_cast<std::uint16_t>(packet.fragment->offset | packet.fragment->more_follow));
  std::ranges::copy(net::u32_bytes(packet.fragment->id), out.begin() + ipv6_header + 4);
}

std::size_t segment_size(const Packet& packet) {
  const bool bare = packet.protocol == Protocol::Udp && !packet.fragment;
  return packet.payload.size() + (bare ? transport_of(packet).header : 0);
}

void append_segment(const Packet& packet, net::Bytes& out) {
  const std::size_t start = out.size();
  const std::size_t size = segment_size(packet);
  if (packet.fragment) return net::append(out, packet.payload);
  const Transport& transport = transport_of(packet);
  assert(size >= transport.header);
  if (packet.protocol == Protocol::Udp) {
    out.resize(start + transport.header);
    put_u16(out, start + 4, static_cast<std::uint16_t>(size));
  }
  net::append(out, packet.payload);
  if (packet.protocol == Protocol::Icmp) {
    if (const auto id = icmp_query_id(packet)) put_u16(out, start + 4, *id);
  } else {
    put_u16(out, start, packet.source.port);
    put_u16(out, start + 2, packet.destination.port);
  }
  put_u16(out, start + transport.checksum, 0);
  const auto checksum = internet_checksum(net::BytesView(out).subspan(start), pseudo_header(transport, packet, size));
  // RFC 768: a sum of 0 is written as all ones, 0 stands for "none". (In TCP and ICMP both mean the same.)
  put_u16(out, start + transport.checksum, checksum == 0 ? std::uint16_t{0xFFFF} : checksum);
}

}  // namespace

net::IpAddress address_at(net::BytesView at, net::Family family) {
  if (family == net::Family::V4) return net::IpAddress::v4({at[0], at[1], at[2], at[3]});
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(at.begin(), bytes.size(), bytes.begin());
  return net::IpAddress::v6(bytes);
}

std::uint16_t internet_checksum(net::BytesView bytes, std::uint32_t initial) {
  std::uint32_t total = initial + sum(bytes);
  while (total > 0xFFFF) total = (total & 0xFFFF) + (total >> 16);
  return static_cast<std::uint16_t>(~total);
}

std::uint8_t protocol_number(Protocol protocol, net::Family family) { return transport_of(protocol, family).number; }

std::optional<Protocol> protocol_of(std::uint8_t number, net::Family family) {
  for (const Transport& transport : transports) {
    if (transport.family == family && transport.number == number) return transport.protocol;
  }
  return std::nullopt;
}

std::optional<Packet> parse_ip(net::BytesView bytes, Checksums checksums) {
  if (bytes.empty()) return std::nullopt;
  switch (bytes[0] >> 4) {
    case 4: return parse_v4(bytes, checksums);
    case 6: return parse_v6(bytes, checksums);
    default: return std::nullopt;
  }
}

std::optional<Packet> with_segment(Packet packet, net::BytesView segment, Checksums checksums) {
  const Transport& transport = transport_of(packet);
  if (segment.size() < transport.header) return std::nullopt;
  if (packet.protocol == Protocol::Udp) {
    const std::size_t length = get_u16(segment.subspan(4));
    if (length < transport.header || length > segment.size()) return std::nullopt;
    segment = segment.first(length);
  }
  if (checksums == Checksums::Verify && !checksum_right(transport, packet, segment)) return std::nullopt;
  const net::BytesView payload = packet.protocol == Protocol::Udp ? segment.subspan(transport.header) : segment;
  packet.payload.assign(payload.begin(), payload.end());
  if (packet.protocol == Protocol::Icmp) {
    take_icmp_query_id(packet);
  } else {
    packet.source.port = get_u16(segment);
    packet.destination.port = get_u16(segment.subspan(2));
  }
  return packet;
}

std::size_t ip_size(const Packet& packet) {
  if (packet.source.family() == net::Family::V4) return ipv4_header + segment_size(packet);
  return ipv6_header + (packet.fragment ? ipv6_fragment_header : 0) + segment_size(packet);
}

void to_ip(const Packet& packet, net::Bytes& out) {
  const std::size_t payload = segment_size(packet);
  if (packet.source.family() == net::Family::V4) {
    append_header_v4(packet, payload, out);
  } else {
    append_header_v6(packet, payload, out);
  }
  append_segment(packet, out);
}

net::Bytes to_ip(const Packet& packet) {
  net::Bytes out;
  to_ip(packet, out);
  return out;
}

net::Bytes to_segment(const Packet& packet) {
  net::Bytes out;
  append_segment(packet, out);
  return out;
}

}  // namespace lab
