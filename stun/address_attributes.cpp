#include "stun/address_attributes.h"

#include <algorithm>

namespace stun {
namespace {

constexpr std::uint8_t family_v4 = 1;
constexpr std::uint8_t family_v6 = 2;

}  // namespace

net::Endpoint crossed(const net::Endpoint& endpoint, const TransactionId& id) {
  const auto port = static_cast<std::uint16_t>(endpoint.port ^ (magic_cookie >> 16));
  const net::BytesView plain = endpoint.address.bytes();
  const auto first = net::u32_bytes(net::get_u32(plain) ^ magic_cookie);
  if (endpoint.family() == net::Family::V4) return {net::IpAddress::v4(first), port};
  std::array<std::uint8_t, 16> bytes{};
  std::copy(first.begin(), first.end(), bytes.begin());
  std::transform(plain.begin() + 4, plain.end(), id.bytes.begin() + 4, bytes.begin() + 4,
                 [](std::uint8_t a, std::uint8_t b) { return static_cast<std::uint8_t>(a ^ b); });
  return {net::IpAddress::v6(bytes), port};
}

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

std::optional<XorMappedAddress> XorMappedAddress::parse(net::BytesView value, const TransactionId& id) {
  const auto hidden = parse_plain_address(value);
  return hidden ? std::optional(XorMappedAddress{crossed(*hidden, id)}) : std::nullopt;
}

}  // namespace stun
