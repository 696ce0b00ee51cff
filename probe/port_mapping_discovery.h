#pragma once
// Port mapping protocols of this host's gateway: PCP, NAT-PMP and UPnP are looked for side by side, one mapping is made
// with the first that grants it, a reflector is asked to answer to the mapped port (RESPONSE-PORT, RFC 5780 section
// 7.5), and the mapping is removed. While it stands it is also of use to the determinism finding.
//
//   S (sockets::port_mapping)  is mapped, and writes to the gateway alone: only the mapping leads a reflector's answer
//                              to it
//   V (the next)               asks the reflector for that answer
//   M (the next)               is bound to the mapped port's number and asks both reflectors, the partner first
//   and a connection for each HTTP request
//
// The external port wished for is not the internal one, so that neither a host without NAT nor a gateway that forwards
// every port as it is looks like a mapping.

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_port_mapping(const RunSoFar& run);

// Removes what was mapped, or may have been: a request without an answer may have done it.
[[nodiscard]] Step undo_port_mapping(const RunSoFar& run);

}  // namespace probe
