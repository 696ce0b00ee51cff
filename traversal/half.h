#pragma once
// What one side of an attempt can say of it, and the two joined: a success counts only when both sides proved it.

#include <optional>
#include <string>

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

struct Half {
  bool heard = false;  // an authenticated packet of the other side came in
  Proof proof = Proof::None;
  std::optional<net::Duration> proven_after;  // from the common start to the first proof of this kind
  unsigned packets = 0;                       // checks and answers sent
};

// Fills in outcome, time to connect, packets and the first missing step of `attempt`, in terms of the hosts' names;
// gives the direction where it is one-way ("a-to-b", "b-to-a"), else nothing.
std::string join(const PerSide<Half>& halves, const PerSide<std::string>& names, Attempt& attempt);

}  // namespace traversal
