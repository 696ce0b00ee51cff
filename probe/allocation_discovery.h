#pragma once
// How the NAT chooses external ports (RFC 4787 section 4.2), asked one flow after another, so that the order in which
// the NAT made the mappings is known: never-used sockets each ask A:p, then B:p' (and, where the mapping is known to
// depend on the port, A:p' and B:p as well), each question when the one before was answered. Waits for mapping and
// filtering, and then for a moment in which no other question of the run may make a mapping.
//
// At most 14 flows; with `full` at most 400, 40 flows a second, until the hit rate of the predictor is known
// well enough. Where the host seems to have a small block of ports, slowly, so that the block is not used up.

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_allocation(const RunSoFar& run);

}  // namespace probe
