#pragma once
// What the help of an assistant showed: three findings of their own. Beside them it serves `hairpin`
// (assist_hairpin.h), `allocation`, `pooling` and `determinism`.
//
// assistant: where it stands
//   same-nat         no NAT lies between us, and reflectors see both hosts at one address
//   another-address  they see it at an address they never saw us at
//   another-nat      a NAT lies between us: what it sees of us is translated
//   no-nat           nothing is translated
//   Figures: its_external, hops (routers between; 0: one link).
//
// collision: what becomes of two inside hosts that want one external port
//   moved              the second gets another port, for all destinations
//   shared             both have it, towards different destinations (against RFC 4787 REQ-3)
//   becomes-dependent  endpoint-independent only until then: each destination is mapped by itself
//   no-collision       ports are not kept
//   Figures: first_kept (the first host's mapping stays), independent (of the destination, afterwards).
//
// allocation-scope: whether what other inside hosts map comes between this host's ports
//   per-host  each host has a sequence, or a block, of its own
//   global    both draw from one
//   none      there is no sequence or block to draw from: ports are kept, or at random

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_assistant(const ObservationLog& log);
[[nodiscard]] NamedFinding conclude_collision(const ObservationLog& log);
[[nodiscard]] NamedFinding conclude_allocation_scope(const ObservationLog& log);

}  // namespace probe
