#pragma once
// Whether the reflectors can be believed (security: a lying server): what any answer of the run shows to be untrue or
// not as promised. It never becomes a NAT type; mapping and filtering say for themselves what they cannot conclude.
//
//   consistent     two addresses answered, and nothing speaks against them
//   contradictory  something does; `figures` names each kind of it, with an example
//
// A lie of one reflector about ports alone looks like a NAT whose mapping depends on the destination: only a third
// reflector shows it (the mapping's `why` says so).

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_honesty(const ObservationLog& log);

}  // namespace probe
