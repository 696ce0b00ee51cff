#pragma once
// What one side of an attempt can say of it, and the two joined: a success counts only when both sides proved it.

#include <optional>
#include <string>
#include <vector>

#include "net/time.h"
#include "traversal/matrix.h"
#include "traversal/side.h"

namespace traversal {

// Whether own checks were answered, so that both directions work.
enum class Proof : std::uint8_t {
  None,
  TwoPaths,  // the answer came from elsewhere than the check went
  SamePath,  // check and answer used one pair of endpoints
};

inline constexpr std::size_t most_events = 6;  // a report has to fit in a datagram

inline constexpr unsigned most_reflectors = 2;

struct Reflected {         // what a reflector saw of this side's punch socket
  unsigned reflector = 1;  // by its place among those this side was given, from 1
  net::Duration at{};      // since this side was asked to prepare
  net::Endpoint where;
};

struct Half {
  bool heard = false;  // an authenticated packet of the other side came in
  Proof proof = Proof::None;
  std::optional<net::Duration> proven_after;  // from the common start to the first proof, of either kind
  unsigned packets = 0;                       // checks and answers sent
  unsigned ports = 1;                         // sockets opened
  std::optional<Held> held;                   // where a hold was asked for and there was a path
  std::vector<Event> events;                  // at most most_events
  std::vector<Reflected> reflected;           // at most most_reflectors
};

// Fills in what the halves tell of `attempt`, all but the timeline; where it did not connect, the first missing step in
// terms of the hosts' names. Gives the direction where it is one-way ("a-to-b", "b-to-a"), else nothing.
std::string join(const PerSide<Half>& halves, const PerSide<std::string>& names, Attempt& attempt);

}  // namespace traversal
