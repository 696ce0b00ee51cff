#include "net/nat64.h"

#include <algorithm>
#include <array>

namespace net {
namespace {

constexpr std::array<std::uint8_t, 12> well_known_prefix = {0x00, 0x64, 0xFF, 0x9B};

}  // namespace

std::optional<IpAddress> behind_nat64(const IpAddress& address) {
  const BytesView bytes = address.bytes();
  if (address.family() != Family::V6 || !std::ranges::equal(bytes.first(well_known_prefix.size()), well_known_prefix)) {
    return std::nullopt;
  }
  std::array<std::uint8_t, 4> v4{};
  std::ranges::copy(bytes.subspan(well_known_prefix.size()), v4.begin());
  return IpAddress::v4(v4);
}

IpAddress through_nat64(const IpAddress& v4) {
  std::array<std::uint8_t, 16> out{};
  std::ranges::copy(v4.bytes(), std::ranges::copy(well_known_prefix, out.begin()).out);
  return IpAddress::v6(out);
}

}  // namespace net
