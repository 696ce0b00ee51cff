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

bool starts_with(BytesView bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

AddressScope scope_v6(BytesView bytes) {
  if (starts_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF})) return scope_v4(bytes.subspan(12));
  if (starts_with(bytes, {0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) return scope_v4(bytes.subspan(12));
  if (starts_with(bytes, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) {
    const std::uint32_t low = get_u32(bytes.subspan(12));
    return low == 0 ? AddressScope::Unspecified : low == 1 ? AddressScope::Loopback : scope_v4(bytes.subspan(12));
  }
  if (bytes[0] == 0xFF) return AddressScope::Multicast;
  if (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) return AddressScope::LinkLocal;
  if ((bytes[0] & 0xFE) == 0xFC) return AddressScope::Private;
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
