#pragma once
// What takes two inside hosts, asked with the help of `natprobe assist` on the other one (--assist): where that stands,
// hairpinning between the two hosts, a collision of both on one port, and whether its mappings advance our sequence of
// ports. The last waits until mapping, filtering and allocation are finished, and for moments in which no other
// question of the run may make a mapping. Without an assistant that answers nothing more is asked.
//
// At most 19 flows of ours and 21 of the assistant's; without loss about 90 packets of ours.

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_assist(const RunSoFar& run);

}  // namespace probe
