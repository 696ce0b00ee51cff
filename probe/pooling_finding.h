#pragma once
// How a NAT with several external addresses uses them (RFC 4787 REQ-2), from all flows of a run.
//
//   single     one external address was seen; whether there are others cannot be told
//   paired     a local address keeps to one external address, another local address to another one
//   arbitrary  one local address has several by turns, and each reflector by itself says so
//
// Figures: addresses, how many were seen; hosts, 2 where an assistant behind the same NAT shows the same one. Where it
// shows another one, "single" is not said.

#include "probe/findings.h"
#include "probe/seen_flows.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_pooling(const ObservationLog& log);

// One local address has several external ones by turns, and each reflector by itself says so.
[[nodiscard]] bool takes_addresses_by_turns(const SeenFlows& flows);

}  // namespace probe
