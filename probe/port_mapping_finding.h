#pragma once
// By which protocol the gateway makes port mappings. Figures: external_endpoint, lease_s, verified (a reflector's
// answer came in through the mapping), removed (the gateway confirmed it), external_address (the gateway's own,
// outside: another one than reflectors see means a second NAT), vendor, model, found (all protocols it speaks).

#include "probe/findings.h"
#include "probe/report.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_port_mapping(const ObservationLog& log);

// The router's vendor and model as labels, unless there are some.
void label_router(Report& report);

}  // namespace probe
