#pragma once
// Does anything answer? One plain transaction with every reflector given, all at once: round trip, return token,
// OTHER-ADDRESS. Where nothing answers over UDP, a TCP Binding as well: only that can tell blocked UDP from dead
// reflectors. Then one with the partner a reflector named, so that nobody who did not answer is asked more.

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_connectivity(const RunSoFar& run);
[[nodiscard]] Step next_partner(const RunSoFar& run);

// No further reflector is worth waiting for: all have answered or failed, a pair was found, or those that are silent
// had two seconds more than the first that answered, or --timeout is over.
[[nodiscard]] bool connectivity_over(const RunSoFar& run);

// Why the OTHER-ADDRESS in this observation is not followed; empty when it may be. It must differ from its reflector in
// address and port (else every NAT looks open), be of its family (as the reflector knows it, where a NAT64 leads to
// it), not be ourselves, and be public or of its scope.
[[nodiscard]] std::string why_not_followed(const Observation& seen, bool whatever_its_scope);

}  // namespace probe
