#pragma once
// What the fragment questions mean:
//
//   delivered      a divided request was answered, and by a divided answer
//   outbound-only  divided requests arrive, divided answers do not
//   not-delivered  divided requests do not arrive; of divided answers nothing is known then
//
// The figure `other_order` says of divided requests whose last part goes first: delivered, not-delivered, or
// "unknown: " and why, mostly that the system does not let this program make fragments.
//
// Not arriving is silence proven by controls that were answered: a NAT that drops fragments lets small packets through,
// so this never touches the filtering.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_fragments(const ObservationLog& log);

}  // namespace probe
