#pragma once
// How many NATs are on the way, and where: who answers at each hop, then the trials of probe/layers_evidence.h, all
// side by side. Packets that end on the way go nowhere but towards the reflector.

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_layers(const RunSoFar& run);

}  // namespace probe
