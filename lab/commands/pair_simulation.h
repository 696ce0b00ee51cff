#pragma once
// Two hosts alone in a world of their own: their NATs, a rendezvous in the open, and the real punching code
// (traversal::PunchAttempt with the plans of the strategies asked for, tried in their order until one connects).
// Sockets, ports and mappings are fresh for every attempt; a side's reflexive candidate is what the rendezvous sees of
// its socket, through the modelled NATs.
//
// What is not played is what two pairs would share: registration, budgets over time, the signals' own bytes. Both sides
// begin at one moment. Pure: the same setting gives the same outcome.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lab/link.h"
#include "lab/nat_profile.h"
#include "net/nat_behavior.h"
#include "traversal/matrix.h"
#include "traversal/port_pattern.h"
#include "traversal/side.h"

namespace lab {

// Where one host stands; the profiles are borrowed.
struct HostPlace {
  std::string name;
  net::NatBehavior behavior;                                   // what the host's probe has told the rendezvous
  const NatProfile* nat = nullptr;                             // that of no translation and no filter: none
  LinkProfile link;                                            // from the NAT up
  const NatProfile* carrier = nullptr;                         // the NAT behind which that one stands, or null
  std::optional<traversal::PortPattern> ports = std::nullopt;  // as the host's probe found it
};

enum class Shared : std::uint8_t {
  Nothing,
  Carrier,  // both NATs stand behind one carrier's NAT
  Nat,      // both hosts stand behind one NAT
};

struct PairSetting {
  traversal::PerSide<HostPlace> places;
  Shared shared = Shared::Nothing;
  std::uint64_t seed = 1;
  std::vector<std::string> strategies = {"simultaneous-open"};  // empty: what the rendezvous would try for this pair
};

// One trial; `predicted` as the rendezvous would say it: hosts that show one address are behind the same NAT.
[[nodiscard]] traversal::PairOutcome simulate_pair(const PairSetting& setting);

}  // namespace lab
