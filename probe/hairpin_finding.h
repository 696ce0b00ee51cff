#pragma once
// What the hairpin questions mean (RFC 4787 REQ-9):
//
//   external-source  heard, from the external address of the socket that wrote: what REQ-9 asks for
//   internal-source  heard, from its inside endpoint
//   none             silence of both ways, proven by controls, where nothing but missing hairpinning explains it. One
//                    host alone cannot tell internal-source from this where its system drops packets that come from
//                    its own address (Linux does); `why` says so
//
// With an assistant (assist_hairpin.h) two hosts tell, `between_hosts`, and "none" needs no qualification.
//
// `filtered`: what is hairpinned must pass the filter. Where the mapping depends on the destination, a hairpinned
// packet comes from an endpoint that nobody could have written to before: only a filter that lets it in shows
// hairpinning, and silence says nothing.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_hairpin(const ObservationLog& log);

}  // namespace probe
