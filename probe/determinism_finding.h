#pragma once
// Whether the mapping stays what it is in other circumstances (RFC 4787 REQ-11).
//
//   stable                the same after idle and after a collision, or no collision can come about: no port is kept,
//                         or each destination has a mapping of its own anyway
//   changes-after-idle    another external endpoint after five idle seconds
//   changes-on-collision  endpoint-independent only while the port is free: once two inside endpoints want the same
//                         external port, each destination is mapped by itself
//
// Figures: after_idle and after_collision ("same", "changed"), overloading (whether two inside endpoints share a port).
// Where ports are kept and no second local address was there to make a collision, the value is unknown.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_determinism(const ObservationLog& log);

}  // namespace probe
