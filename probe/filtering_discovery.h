#pragma once
// Whom the NAT lets in (RFC 4787 section 5, RFC 5780 section 4.4): two questions side by side, from a stranger (other
// address and port) and from the other port, each asked again and again with a control beside it until a reply is heard
// or enough controls came back; then the sender of the silent ones is asked how many it sent, and asked for more where
// that is not enough (probe/filtering_evidence.h).

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_filtering(const RunSoFar& run);

}  // namespace probe
