#include "gateway/nat_pmp.h"

#include <array>

namespace gateway::nat_pmp {
namespace {

//   0 version 0 | opcode (+128 in a response) | result, in a request reserved     4 epoch, in a response
// An address response goes on with the address; a mapping request (from byte 4) and response (from byte 8) with
//   internal port | external port     lifetime, seconds
constexpr std::uint8_t map_udp = 1;
constexpr std::uint8_t response_to_address = 128;
constexpr std::uint8_t response_to_map_udp = 129;
constexpr std::size_t address_size = 12;
constexpr std::size_t map_size = 16;

bool is_response(net::BytesView datagram, std::uint8_t opcode) {
  return datagram.size() >= 4 && datagram[0] == 0 && datagram[1] == opcode;
}

}  // namespace

net::Bytes write_address_request() { return {0, 0}; }

std::optional<AddressReply> read_address(net::BytesView datagram) {
  if (!is_response(datagram, response_to_address)) return std::nullopt;
  AddressReply reply{.result = net::get_u16(datagram.subspan(2))};
  if (reply.result != 0) return reply;
  if (datagram.size() < address_size) return std::nullopt;
  reply.external_address = net::IpAddress::v4({datagram[8], datagram[9], datagram[10], datagram[11]});
  return reply;
}

net::Bytes write_map(const Map& map) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(map.lifetime).count();
  net::Bytes out = {0, map_udp, 0, 0};
  net::append(out, net::u16_bytes(map.internal_port));
  net::append(out, net::u16_bytes(map.external_port));
  net::append(out, net::u32_bytes(static_cast<std::uint32_t>(seconds)));
  return out;
}

// Shorter ones say that some PCP request was of an unknown version (section 3.5), which is no answer to this.
std::optional<MapReply> read_map(const Map& asked, net::BytesView datagram) {
  if (!is_response(datagram, response_to_map_udp) || datagram.size() < map_size) return std::nullopt;
  if (net::get_u16(datagram.subspan(8)) != asked.internal_port) return std::nullopt;
  MapReply reply{.result = net::get_u16(datagram.subspan(2))};
  if (reply.result != 0) return reply;
  reply.external_port = net::get_u16(datagram.subspan(10));
  reply.lifetime = std::chrono::seconds(net::get_u32(datagram.subspan(12)));
  return reply;
}

std::string_view words(std::uint16_t result) {
  constexpr std::array<std::string_view, 6> known = {"success",         "unsupported version", "not authorized",
                                                     "network failure", "out of resources",    "unsupported opcode"};
  return result < known.size() ? known[result] : "unknown result";
}

}  // namespace gateway::nat_pmp
