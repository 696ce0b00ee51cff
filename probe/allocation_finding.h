#pragma once
// How the NAT chooses the external port of a new mapping (RFC 4787 section 4.2), from the flows of a run.
//
//   none                    nothing is translated
//   preserving              the local port, while it is free
//   preserving-overloading  the same, and two inside endpoints may share it (against RFC 4787 REQ-3): only a
//                           second local address shows that (the determinism discovery)
//   sequential              the port before plus a step
//   block                   at random within one small aligned range (RFC 6888, RFC 7422)
//   random                  at random
//
// Figures: first, last (the lowest and highest port seen), ports (how many different ones), entropy (in bits, of the
// next new mapping), parity (whether it is kept: RFC 4787 REQ-4), and where they apply overloading, step,
// shared_sequence, shared_block (whether others draw from it), block ("33792 to 35839"), block_size, range_limited (the ports lie in a part
// of the whole range).

#include <string>
#include <vector>

#include "probe/findings.h"
#include "probe/seen_flows.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_allocation(const ObservationLog& log);

// The flows of the allocation discovery, in the order the NAT met them.
struct OwnFlows {
  SeenFlows flows;
  std::vector<bool> straight_after;  // nothing else made a mapping since the flow before
};
[[nodiscard]] OwnFlows own_flows(const ObservationLog& log);

// Where the reflectors contradict each other, and it cannot be the NAT's doing: how. Empty else.
[[nodiscard]] std::string why_not_believed(const ObservationLog& log);

}  // namespace probe
