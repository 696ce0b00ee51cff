#include "stun/address_attributes.h"

#include <algorithm>

namespace stun {
namespace {

constexpr std::uint8_t family_v4 = 1;
constexpr std::uint8_t family_v6 = 2;

// XOR with the cookie (port: its upper half; IPv6: cookie and transaction id). Its own inverse.
net::Endpoint crossed(const net::Endpoint& endpoint, const TransactionId& id) {
  const auto cookie = net::u32_bytes(magic_cookie);
  auto key = id.bytes;
  std::copy(cookie.begin(), cookie.end(), key.begin());
  std::array<std::uint8_t, 16> bytes{};
  const net::BytesView plain = endpoint.address.bytes();
  std::transform(plain.begin(), plain.end(), key.begin(), bytes.begin(),
                 [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a ^ b); });
  const auto port = static_cast<std::uint16_t>(endpoint.port ^ (magic_cookie >> 16));
  if (endpoint.family() == net::Family::V6) return {net::IpAddress::v6(bytes), port};
  return {net::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}), port};
}

}  // namespace

bool unknown_family(net::BytesView value) {
  return value.size() >= 2 && value[1] != family_v4 && value[1] != family_v6;
}

std::optional<net::Endpoint> parse_plain_address(net::BytesView value) {
  if (value.size() == 8 && value[1] == family_v4) {
    return net::Endpoint{net::IpAddress::v4({value[4], value[5], value[6], value[7]}), net::get_u16(value.subspan(2))};
  }
  if (value.size() == 20 && value[1] == family_v6) {
    std::array<std::uint8_t, 16> bytes{};
    std::copy_n(value.begin() + 4, bytes.size(), bytes.begin());
    return net::Endpoint{net::IpAddress::v6(bytes), net::get_u16(value.subspan(2))};
  }
  return std::nullopt;
}

void serialize_plain_address(net::Bytes& out, const net::Endpoint& endpoint) {
  out.push_back(0);
  out.push_back(endpoint.family() == net::Family::V4 ? family_v4 : family_v6);
  net::append(out, net::u16_bytes(endpoint.port));
  net::append(out, endpoint.address.bytes());
}

std::optional<XorMappedAddress> XorMappedAddress::parse(net::BytesView value, const TransactionId& id) {
  const auto hidden = parse_plain_address(value);
  return hidden ? std::optional(XorMappedAddress{crossed(*hidden, id)}) : std::nullopt;
}

void XorMappedAddress::serialize(net::Bytes& out, const TransactionId& id) const {
  serialize_plain_address(out, crossed(endpoint, id));
}

}  // namespace stun
