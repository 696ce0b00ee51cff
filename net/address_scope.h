#pragma once
// What kind of address this is (RFC 6890 and the registries it names): who may be reached by it, and so whether a
// stranger's word may aim packets at it. IPv4 inside IPv6 (mapped, NAT64's 64:ff9b::/96, 6to4) has the scope of the
// inner address.

#include "net/endpoint.h"

namespace net {

enum class AddressScope : std::uint8_t {
  Unspecified,  // 0.0.0.0/8, ::
  Loopback,     // 127/8, ::1
  LinkLocal,    // 169.254/16, fe80::/10
  Private,      // RFC 1918, unique local fc00::/7, site-local fec0::/10
  SharedNat,    // RFC 6598: 100.64/10, between a home router and a carrier's NAT
  Multicast,    // 224/4, ff00::/8
  Broadcast,    // 255.255.255.255 and 240/4
  Public,       // all else; documentation and benchmark ranges count as public
};

[[nodiscard]] AddressScope scope(const IpAddress& address);
[[nodiscard]] std::string_view to_string(AddressScope scope);

// Link-local, multicast, broadcast, unspecified: never a destination, whoever asks.
[[nodiscard]] bool never_a_destination(AddressScope scope);

// The rule for OTHER-ADDRESS and for whatever one host sends on another's word: public, or of the asker's own scope.
[[nodiscard]] bool reachable_on_word_of(const IpAddress& candidate, const IpAddress& asker);

}  // namespace net
