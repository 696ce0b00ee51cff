#pragma once
// Whether a NAT64 (RFC 6146) leads from this IPv6 path to reflectors of IPv4, and under which prefix.

#include "probe/findings.h"

namespace probe {

// "translated" when a reflector that was asked by a synthesized address saw an IPv4 one; else there is nothing to say,
// and the finding has no name.
[[nodiscard]] NamedFinding conclude_nat64(const ObservationLog& log);

}  // namespace probe
