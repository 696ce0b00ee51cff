#include "net/address_scope.h"

#include <algorithm>
#include <array>

namespace net {
namespace {

struct Prefix4 {
  std::uint32_t value;
  unsigned bits;
  AddressScope scope;
};

constexpr std::array v4_scopes = {
    Prefix4{0x00000000, 8, AddressScope::Unspecified}, Prefix4{0x7F000000, 8, AddressScope::Loopback},
    Prefix4{0xA9FE0000, 16, AddressScope::LinkLocal},  Prefix4{0x0A000000, 8, AddressScope::Private},
    Prefix4{0xAC100000, 12, AddressScope::Private},    Prefix4{0xC0A80000, 16, AddressScope::Private},
    Prefix4{0x64400000, 10, AddressScope::SharedNat},  Prefix4{0xE0000000, 4, AddressScope::Multicast},
    Prefix4{0xF0000000, 4, AddressScope::Broadcast},
};

AddressScope scope_v4(BytesView bytes) {
  const std::uint32_t value = get_u32(bytes);
  const auto in_prefix = [value](const Prefix4& p) { return (value >> (32 - p.bits)) == (p.value >> (32 - p.bits)); };
  const auto* found = std::find_if(v4_scopes.begin(), v4_scopes.end(), in_prefix);
  return found == v4_scopes.end() ? AddressScope::Public : found->scope;
}

using Address6 = std::array<std::uint8_t, 16>;

bool begins_with(BytesView bytes, const Address6& prefix, unsigned bits) {
  const std::size_t whole = bits / 8;
  const auto mask = static_cast<std::uint8_t>(0xFF00U >> bits % 8);
  return std::equal(prefix.begin(), prefix.begin() + whole, bytes.begin()) &&
         (whole == bytes.size() || (bytes[whole] & mask) == (prefix[whole] & mask));
}

struct Prefix6 {
  Address6 value;
  unsigned bits;
  AddressScope scope;
};
constexpr std::array v6_scopes = {
    Prefix6{{}, 128, AddressScope::Unspecified},
    Prefix6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, AddressScope::Loopback},
    Prefix6{{0xFF}, 8, AddressScope::Multicast},
    Prefix6{{0xFE, 0x80}, 10, AddressScope::LinkLocal},
    Prefix6{{0xFE, 0xC0}, 10, AddressScope::Private},  // site-local, RFC 3879
    Prefix6{{0xFC}, 7, AddressScope::Private},
};

// Prefixes behind which an IPv4 address lies, from byte `at` on.
struct Embedding {
  Address6 prefix;
  unsigned bits;
  std::size_t at;
};
constexpr std::array embeddings = {
    Embedding{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, 12},  // mapped, RFC 4291
    Embedding{{0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96, 12},        // translated, RFC 2765
    Embedding{{}, 96, 12},                                          // compatible, RFC 4291
    Embedding{{0, 0x64, 0xFF, 0x9B}, 96, 12},                       // NAT64, RFC 6052
    Embedding{{0x20, 0x02}, 16, 2},                                 // 6to4, RFC 3056
};

AddressScope scope_v6(BytesView bytes) {
  for (const Prefix6& row : v6_scopes) {
    if (begins_with(bytes, row.value, row.bits)) return row.scope;
  }
  for (const Embedding& row : embeddings) {
    if (begins_with(bytes, row.prefix, row.bits)) return scope_v4(bytes.subspan(row.at, 4));
  }
  return AddressScope::Public;
}

}  // namespace

AddressScope scope(const IpAddress& address) {
  return address.family() == Family::V4 ? scope_v4(address.bytes()) : scope_v6(address.bytes());
}

std::string_view to_string(AddressScope scope) {
  constexpr std::array<std::string_view, 8> names = {"unspecified", "loopback",  "link-local", "private",
                                                     "shared",      "multicast", "broadcast",  "public"};
  return names[static_cast<std::size_t>(scope)];
}

bool never_a_destination(AddressScope scope) {
  return scope == AddressScope::Unspecified || scope == AddressScope::LinkLocal || scope == AddressScope::Multicast ||
         scope == AddressScope::Broadcast;
}

bool reachable_on_word_of(const IpAddress& candidate, const IpAddress& asker) {
  const AddressScope candidate_scope = scope(candidate);
  if (never_a_destination(candidate_scope)) return false;
  return candidate_scope == AddressScope::Public || candidate_scope == scope(asker);
}

}  // namespace net
