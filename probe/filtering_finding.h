#pragma once
// What the filtering questions mean: a stranger heard is endpoint-independent filtering; only the other port heard, and
// the stranger's silence proven, is address-dependent; the other port's silence proven is address-and-port-dependent,
// whatever became of the partner. Anything else is unknown.

#include "probe/verdict.h"

namespace probe {

[[nodiscard]] Finding<net::FilteringBehavior> conclude_filtering(const ObservationLog& log);

}  // namespace probe
