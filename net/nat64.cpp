#include "net/nat64.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "net/address_scope.h"

namespace net {
namespace {

constexpr std::array<std::uint8_t, 6> nat64_lengths = {32, 40, 48, 56, 64, 96};
constexpr std::size_t reserved_byte = 8;  // bits 64 to 71

using Bytes16 = std::array<std::uint8_t, 16>;

// Where the four bytes of IPv4 are, behind a prefix of so many bits.
std::array<std::size_t, 4> places_of_ipv4(std::uint8_t length) {
  std::array<std::size_t, 4> out{};
  std::size_t at = length / 8U;
  for (std::size_t& place : out) {
    if (at == reserved_byte) ++at;
    place = at++;
  }
  return out;
}

Bytes16 bytes_of(const IpAddress& v6) {
  Bytes16 out{};
  std::ranges::copy(v6.bytes(), out.begin());
  return out;
}

Nat64Prefix prefix_of(const IpAddress& v6, std::uint8_t length) {
  Bytes16 bytes = bytes_of(v6);
  std::fill(bytes.begin() + length / 8, bytes.end(), std::uint8_t{0});
  return {IpAddress::v6(bytes), length};
}

// Of ::/8 only the well-known prefix and the one for local use (RFC 8215) are a NAT64's; the rest is IPv4-mapped,
// loopback and the like.
bool may_be_nat64(const IpAddress& v6) {
  const AddressScope of_it = scope(v6);
  const bool local_or_well_known = get_u32(v6.bytes()) == 0x0064FF9B;
  return (v6.bytes()[0] != 0 || local_or_well_known) &&
         (of_it == AddressScope::Public || of_it == AddressScope::Private);
}

// Under which prefix this address holds that IPv4 one; nothing where there are two such places.
std::optional<Nat64Prefix> only_prefix(const IpAddress& v6, const IpAddress& v4) {
  std::optional<Nat64Prefix> found;
  for (const std::uint8_t length : nat64_lengths) {
    const Nat64Prefix prefix = prefix_of(v6, length);
    if (prefix.ipv4_in(v6) != v4) continue;
    if (found) return std::nullopt;
    found = prefix;
  }
  return found;
}

}  // namespace

IpAddress Nat64Prefix::with(const IpAddress& v4) const {
  Bytes16 out = bytes_of(address);
  const auto places = places_of_ipv4(length);
  for (std::size_t i = 0; i < places.size(); ++i) out[places[i]] = v4.bytes()[i];
  return IpAddress::v6(out);
}

std::optional<IpAddress> Nat64Prefix::ipv4_in(const IpAddress& v6) const {
  if (v6.family() != Family::V6) return std::nullopt;
  const BytesView bytes = v6.bytes();
  if (!std::ranges::equal(bytes.first(length / 8U), address.bytes().first(length / 8U))) return std::nullopt;
  if (bytes[reserved_byte] != 0) return std::nullopt;
  std::array<std::uint8_t, 4> out{};
  std::ranges::transform(places_of_ipv4(length), out.begin(), [&](std::size_t place) { return bytes[place]; });
  return IpAddress::v4(out);
}

const Nat64Prefix& well_known_nat64() {
  static const Nat64Prefix prefix{address("64:ff9b::"), 96};
  return prefix;
}

std::string to_string(const Nat64Prefix& prefix) {
  return to_string(prefix.address) + "/" + std::to_string(prefix.length);
}

Result<Nat64Prefix, std::string> parse_nat64_prefix(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto parsed = parse_address(text.substr(0, slash));
  if (!parsed) return Unexpected(parsed.error());
  if (parsed->family() != Family::V6) return Unexpected(std::string("a NAT64's prefix is IPv6"));
  unsigned length = 0;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size()) length = 0;
  }
  if (std::ranges::find(nat64_lengths, length) == nat64_lengths.end()) {
    return Unexpected(std::string("a NAT64's prefix has 32, 40, 48, 56, 64 or 96 bits (RFC 6052)"));
  }
  Nat64Prefix out = prefix_of(*parsed, static_cast<std::uint8_t>(length));
  if (out.address != *parsed) return Unexpected(std::string("bits are set beyond the prefix length"));
  if (parsed->bytes()[reserved_byte] != 0) return Unexpected(std::string("bits 64 to 71 must be zero (RFC 6052)"));
  return out;
}

std::vector<Nat64Prefix> nat64_prefixes_in(std::span<const IpAddress> addresses) {
  static const std::array well_known = {IpAddress::v4({192, 0, 0, 170}), IpAddress::v4({192, 0, 0, 171})};
  std::vector<Nat64Prefix> out;
  for (const IpAddress& v6 : addresses) {
    if (v6.family() != Family::V6 || !may_be_nat64(v6)) continue;
    for (const IpAddress& v4 : well_known) {
      const auto found = only_prefix(v6, v4);
      if (found && std::ranges::find(out, *found) == out.end()) out.push_back(*found);
    }
  }
  return out;
}

}  // namespace net
