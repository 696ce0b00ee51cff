#pragma once
// The four sockets of an RFC 5780 server as two choices: {own, partner} address x {primary, alternate} port. A
// CHANGE-REQUEST (section 7.2) flips bits of the role a request arrived at; that is all there is to it.

#include <array>
#include <cstddef>
#include <optional>

#include "net/endpoint.h"
#include "stun/behavior_attributes.h"

namespace reflector {

struct SocketRole {
  bool partner_address = false;  // the partner's host, or the second address of this one
  bool alternate_port = false;

  [[nodiscard]] constexpr std::size_t index() const { return (partner_address ? 2U : 0U) + (alternate_port ? 1U : 0U); }
  friend constexpr bool operator==(const SocketRole&, const SocketRole&) = default;
};

inline constexpr std::array<SocketRole, 4> all_roles = {{{.partner_address = false, .alternate_port = false},
                                                         {.partner_address = false, .alternate_port = true},
                                                         {.partner_address = true, .alternate_port = false},
                                                         {.partner_address = true, .alternate_port = true}}};

[[nodiscard]] constexpr SocketRole flipped(SocketRole role, const stun::ChangeRequest& change) {
  return {role.partner_address != change.change_address, role.alternate_port != change.change_port};
}

enum class Arrangement : std::uint8_t {
  Plain,         // one address: no OTHER-ADDRESS
  TwoAddresses,  // RFC 5780 as written: one host serves all four roles
  Pair,          // two hosts with one address each, joined by the partner link
};

// One address family of a reflector, as its clients see it.
struct Topology {
  Arrangement arrangement = Arrangement::Plain;
  bool alternate_port_open = false;
  std::array<net::Endpoint, all_roles.size()> advertised{};  // by role; those that exist

  [[nodiscard]] const net::Endpoint& endpoint(SocketRole role) const { return advertised[role.index()]; }

  // Whether this host has the socket.
  [[nodiscard]] bool here(SocketRole role) const {
    if (role.alternate_port && !alternate_port_open) return false;
    return !role.partner_address || arrangement == Arrangement::TwoAddresses;
  }

  // Whether a reply may be sent from another socket than the request came to. A pair that lost its partner refuses
  // every flag, also the port's: half an answer would let a stock client print a filtering type.
  [[nodiscard]] bool can_change_to(SocketRole role, bool partner_usable) const {
    return arrangement == Arrangement::Pair ? partner_usable : here(role);
  }

  // RFC 5780 section 7.4: the other address and the other port, seen from where the request arrived.
  [[nodiscard]] std::optional<net::Endpoint> other_address(SocketRole arrival, bool partner_usable) const {
    if (arrangement == Arrangement::Plain || (arrangement == Arrangement::Pair && !partner_usable)) return std::nullopt;
    return endpoint(flipped(arrival, {.change_address = true, .change_port = true}));
  }
};

}  // namespace reflector
