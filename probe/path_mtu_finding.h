#pragma once
// The path MTU towards the reflector, in bytes of the IP packet: the largest that passed with DF set, where the silence
// of the next larger one is proven by controls. A STUN message has a multiple of 4 bytes: an MTU in between is known to
// the byte only where an ICMP message told it and agrees. Of the way back nothing is said.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_path_mtu(const ObservationLog& log);

}  // namespace probe
