#include "gateway/pcp.h"

#include <algorithm>

namespace gateway::pcp {
namespace {

// The MAP request; a response has the result in byte 3 and the epoch time in bytes 8 to 11.
//
//    0 version 2 | opcode 1 (0x81 in a response) | reserved          4 lifetime, seconds
//    8 the client's address, IPv4 as ::ffff:a.b.c.d
//   24 nonce                                         36 protocol 17 | reserved
//   40 internal port | external port                 44 external address
constexpr std::size_t header_size = 24;
constexpr std::size_t map_size = 60;
constexpr std::size_t largest = 1100;  // section 7
constexpr std::uint8_t version = 2;
constexpr std::uint8_t map_opcode = 1;
constexpr std::uint8_t response_bit = 0x80;
constexpr std::uint8_t udp = 17;

std::array<std::uint8_t, 16> sixteen_bytes(const net::IpAddress& address) {
  std::array<std::uint8_t, 16> out{};
  const net::BytesView bytes = address.bytes();
  if (address.family() == net::Family::V4) out[10] = out[11] = 0xFF;
  std::copy(bytes.begin(), bytes.end(), out.end() - static_cast<std::ptrdiff_t>(bytes.size()));
  return out;
}

net::IpAddress address_in(net::BytesView sixteen) {
  constexpr std::array<std::uint8_t, 12> mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (std::equal(mapped.begin(), mapped.end(), sixteen.begin())) {
    return net::IpAddress::v4({sixteen[12], sixteen[13], sixteen[14], sixteen[15]});
  }
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(sixteen.begin(), bytes.size(), bytes.begin());
  return net::IpAddress::v6(bytes);
}

bool about(const Map& asked, net::BytesView datagram) {
  return std::equal(asked.nonce.begin(), asked.nonce.end(), datagram.begin() + header_size) && datagram[36] == udp &&
         net::get_u16(datagram.subspan(40)) == asked.inside.port;
}

}  // namespace

net::Bytes write_map(const Map& map) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(map.lifetime).count();
  net::Bytes out = {version, map_opcode, 0, 0};
  net::append(out, net::u32_bytes(static_cast<std::uint32_t>(seconds)));
  net::append(out, sixteen_bytes(map.inside.address));
  net::append(out, map.nonce);
  net::append(out, net::Bytes{udp, 0, 0, 0});
  net::append(out, net::u16_bytes(map.inside.port));
  net::append(out, net::u16_bytes(map.external_port));
  net::append(out, sixteen_bytes(net::IpAddress::any(map.inside.family())));
  return out;
}

std::optional<MapReply> read_map(const Map& asked, net::BytesView datagram) {
  if (datagram.size() < 4 || datagram.size() > largest) return std::nullopt;
  if (datagram[1] != (response_bit | map_opcode)) return std::nullopt;
  if (datagram[0] != version) {
    const bool too_old = datagram[0] == 0 && net::get_u16(datagram.subspan(2)) == unsupported_version;
    return too_old ? std::optional(MapReply{.result = unsupported_version}) : std::nullopt;
  }
  MapReply reply{.result = datagram[3]};
  const bool whole = datagram.size() >= map_size;
  if (whole && !about(asked, datagram)) return std::nullopt;
  if (reply.result != 0) return datagram.size() >= header_size ? std::optional(reply) : std::nullopt;
  if (!whole) return std::nullopt;
  reply.lifetime = std::chrono::seconds(net::get_u32(datagram.subspan(4)));
  reply.external_port = net::get_u16(datagram.subspan(42));
  reply.external_address = address_in(datagram.subspan(44));
  return reply;
}

std::string_view words(std::uint8_t result) {
  constexpr std::array<std::string_view, 14> known = {
      "success",
      "unsupported version",
      "not authorized",
      "malformed request",
      "unsupported opcode",
      "unsupported option",
      "malformed option",
      "network failure",
      "no resources",
      "unsupported protocol",
      "quota exceeded",
      "cannot provide the external port",
      "our address is another one to it: a NAT between us",
      "excessive remote peers",
  };
  return result < known.size() ? known[result] : "unknown result";
}

}  // namespace gateway::pcp
