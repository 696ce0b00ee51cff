#pragma once
// Whether addresses inside UDP data are changed on the path:
//
//   rewritten  the hash of a FILL that held the inside endpoint came back different, or one that held it as text drew
//              no answer while plain requests did, or MAPPED-ADDRESS differs from XOR-MAPPED-ADDRESS
//   none       both FILLs arrived as they were sent, and no MAPPED-ADDRESS differed
//
// Of a stock server, which answers no hash, MAPPED-ADDRESS alone is evidence: then `none` says so in `why`.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_payload(const ObservationLog& log);

}  // namespace probe
