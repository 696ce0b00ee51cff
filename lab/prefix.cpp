#include "lab/prefix.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace lab {
namespace {

net::IpAddress from_bytes(net::BytesView bytes) {
  std::array<std::uint8_t, 4> v4{};
  std::array<std::uint8_t, 16> v6{};
  if (bytes.size() == v4.size()) {
    std::copy(bytes.begin(), bytes.end(), v4.begin());
    return net::IpAddress::v4(v4);
  }
  std::copy(bytes.begin(), bytes.end(), v6.begin());
  return net::IpAddress::v6(v6);
}

bool has_bits_beyond(const net::IpAddress& address, unsigned length) {
  const auto bytes = address.bytes();
  for (std::size_t bit = length; bit < bytes.size() * 8; ++bit) {
    if (bytes[bit / 8] & (0x80U >> bit % 8)) return true;
  }
  return false;
}

}  // namespace

std::string to_string(const Prefix& prefix) {
  return fmt::format("{}/{}", net::to_string(prefix.address), prefix.length);
}

net::Result<Prefix, std::string> parse_prefix(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto address = net::parse_address(text.substr(0, slash));
  unsigned length = 0;
  const std::string_view digits = text.substr(std::min(slash + 1, text.size()));
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  if (!address || !whole) return net::Unexpected(std::string("must be an address, a slash and a length"));
  if (length > address->bytes().size() * 8) return net::Unexpected(std::string("the length is beyond the address"));
  if (has_bits_beyond(*address, length)) return net::Unexpected(std::string("bits are set beyond the length"));
  return Prefix{*address, static_cast<std::uint8_t>(length)};
}

net::IpAddress with_last_bits(const net::IpAddress& address, std::uint32_t value, unsigned bits) {
  net::Bytes bytes(address.bytes().begin(), address.bytes().end());
  for (unsigned bit = 0; bit < bits; ++bit) {
    std::uint8_t& byte = bytes[bytes.size() - 1 - bit / 8];
    const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
    byte = static_cast<std::uint8_t>((value >> bit & 1U) != 0 ? byte | mask : byte & ~mask);
  }
  return from_bytes(bytes);
}

}  // namespace lab
