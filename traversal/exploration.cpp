#include "traversal/exploration.h"

#include <algorithm>

namespace traversal {
namespace {

using net::FilteringBehavior;
using net::MappingBehavior;

// Two NATs that map by address and port answer each other from ever new ports. No new kind of packet appears beyond the
// third port of such a chain, so it is cut here.
constexpr Port last_port = 8;

constexpr Port towards_rendezvous = 0;
constexpr Port towards_other_address = 1;

}  // namespace

Exploration::Exploration(const Nat& a, const Nat& b) : hosts_{{Host{.nat = a}, Host{.nat = b}}} { play_to_the_end(); }

Exploration Exploration::with_guess(Side guesser, Port port) const {
  Exploration guessed = *this;
  guessed.hosts_[guesser].knows.insert(port);
  guessed.play_to_the_end();
  return guessed;
}

std::vector<Port> Exploration::guessable(Side guesser) const {
  std::vector<Port> unknown;
  const auto& existing = hosts_[other(guesser)].ports;
  const auto& known = hosts_[guesser].knows;
  std::set_difference(existing.begin(), existing.end(), known.begin(), known.end(), std::back_inserter(unknown));
  return unknown;
}

bool Exploration::share_a_path() const {
  const auto& heard_by_b = hosts_[Side::B].heard;
  return std::any_of(heard_by_b.begin(), heard_by_b.end(), [this](const auto& packet) {
    return hosts_[Side::A].heard.contains({packet.second, packet.first});
  });
}

Port Exploration::mapped(const Nat& nat, Port destination) {
  switch (nat.mapping) {
    case MappingBehavior::None:
    case MappingBehavior::EndpointIndependent: return towards_rendezvous;
    case MappingBehavior::AddressDependent: return towards_other_address;
    case MappingBehavior::AddressAndPortDependent: return towards_other_address + destination;
  }
  return towards_rendezvous;
}

bool Exploration::accepts(const Host& host, Port at, Port from) {
  if (!host.ports.contains(at)) return false;
  switch (host.nat.filtering) {
    case FilteringBehavior::EndpointIndependent: return true;
    case FilteringBehavior::AddressAndPortDependent: return host.contacted.contains({at, from});
    case FilteringBehavior::AddressDependent: break;
  }
  const auto first = host.contacted.lower_bound({at, 0});
  return first != host.contacted.end() && first->first == at;
}

void Exploration::play_to_the_end() {
  for (bool news = true; news;) {
    news = send_to_all_known(Side::A);
    news |= send_to_all_known(Side::B);
  }
}

// True when anything new happened.
bool Exploration::send_to_all_known(Side sender_side) {
  Host& sender = hosts_[sender_side];
  Host& receiver = hosts_[other(sender_side)];
  bool news = false;
  for (const Port destination : sender.knows) {
    const Port source = mapped(sender.nat, destination);
    if (source > last_port) continue;
    sender.ports.insert(source);
    news |= sender.contacted.insert({source, destination}).second;
    if (!accepts(receiver, destination, source)) continue;
    news |= receiver.heard.insert({source, destination}).second;
    receiver.knows.insert(source);
  }
  return news;
}

}  // namespace traversal
