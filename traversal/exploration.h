#pragma once
// Two NATs and the packets that can pass between one socket behind each, played to the end (RFC 4787 sections 4.1 and
// 5): both sides send to every port of the other they know, again and again, and learn every source they hear. What is
// known, opened and heard only grows, so the end does not depend on order, loss or timing: it is what resending
// reaches.
//
// No clock, no addresses: each NAT has one public address, so a port is all there is to know. Filter state belongs to
// the mapping and never expires.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "net/nat_behavior.h"
#include "traversal/side.h"

namespace traversal {

// A mapping of a NAT in this world, by the order of its cause: 0 is the mapping towards the rendezvous, which the other
// side is told.
using Port = unsigned;

class Exploration {
 public:
  // No translation (MappingBehavior::None) counts as endpoint-independent.
  struct Nat {
    net::MappingBehavior mapping;
    net::FilteringBehavior filtering;
  };
  Exploration(const Nat& a, const Nat& b);

  // The world in which `guesser` also sends to `port` of the other NAT.
  [[nodiscard]] Exploration with_guess(Side guesser, Port port) const;
  // Ports of the other NAT that exist and that `guesser` was not told.
  [[nodiscard]] std::vector<Port> guessable(Side guesser) const;

  [[nodiscard]] bool hears(Side side) const { return !hosts_[side].heard.empty(); }
  [[nodiscard]] bool both_hear() const { return hears(Side::A) && hears(Side::B); }
  // Some pair of ports carries packets both ways.
  [[nodiscard]] bool share_a_path() const;
  // How many different packets arrive.
  [[nodiscard]] std::size_t arrivals() const { return hosts_[Side::A].heard.size() + hosts_[Side::B].heard.size(); }

 private:
  struct Host {
    Nat nat;
    std::set<Port> ports = {0};                 // its own mappings
    std::set<Port> knows = {0};                 // ports of the other NAT
    std::set<std::pair<Port, Port>> contacted;  // from own port, to the other's port
    std::set<std::pair<Port, Port>> heard;      // from the other's port, at own port
  };
  PerSide<Host> hosts_;

  [[nodiscard]] static Port mapped(const Nat& nat, Port destination);
  [[nodiscard]] static bool accepts(const Host& host, Port at, Port from);
  void play_to_the_end();
  bool send_to_all_known(Side sender);
};

}  // namespace traversal
