#pragma once
// What the questions about ICMP mean:
//
//   delivered  a "time exceeded" from beyond the NAT reached the socket whose request drew it
//
// That none came proves nothing: routers need not send any. `ends_mapping`: yes where the reflector's answers to the
// mapping stay away although those to a mapping without an error arrive, proven as any silence; no where one arrives.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_icmp(const ObservationLog& log);

}  // namespace probe
