#pragma once
// What the trials with an early unsolicited packet mean, where all agree:
//
//   ignored          the socket's mapping has the port it would have had
//   changes-mapping  it has another one, while sockets whose ports had no such packet keep theirs
//   blocks           the socket gets no answer, while those do
//
// `low_ttl_avoids_it`: whether a request of low TTL sent first keeps the harm away.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_unsolicited(const ObservationLog& log);

}  // namespace probe
