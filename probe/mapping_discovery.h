#pragma once
// How the NAT chooses the external endpoint (RFC 4787 section 4.1, RFC 5780 section 4.3). Two never-used sockets each
// ask all four endpoints of the pair: A:p, A:p', B:p, B:p' (or, without a pair, every reflector that answered). When
// all have answered, each socket repeats its first question: an external endpoint that changes within the run says
// nothing about destinations, nor do ports that follow no one rule, as where a router still holds a mapping for what
// came unasked in an earlier run. Everything is then asked once more from fresh sockets, twice at most.

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_mapping(const RunSoFar& run);

}  // namespace probe
