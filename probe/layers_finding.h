#pragma once
// How many NATs are on the way: "none" (the reflector sees the local endpoint), "one-or-more", "two-or-more". Two are
// proven by lifetimes (probe/layers_evidence.h), or by an address: a host of private address (RFC 1918) behind a hop of
// 100.64/10 (RFC 6598) is behind its own router and behind the carrier's NAT. Figures: inner_hop and outer_hop, where
// the NATs stand, outermost_hop where only one is known; inner_lifetime and outer_lifetime in seconds; reflector_hop.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_layers(const ObservationLog& log);

}  // namespace probe
