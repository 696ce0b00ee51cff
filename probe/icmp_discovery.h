#pragma once
// Whether ICMP errors about a mapping's packets come back through the NAT, and whether one ends the mapping (RFC 4787
// REQ-12, RFC 5508 REQ-3 and REQ-4). With what an ordinary program may do: a request whose TTL ends at the last router
// before the reflector draws "time exceeded" from beyond every NAT. Whether the mapping lives on is then asked without
// sending anything through it: another socket asks the reflector to answer to that mapping's port (RESPONSE-PORT), and
// to that of a third socket, which no error was about.

#include <optional>

#include "probe/discovery.h"

namespace probe {

// How many routers stand between here and the reflector, from the TTL with which a request arrived there; systems start
// with 64, 128 or 255. Empty: not told.
[[nodiscard]] std::optional<std::uint8_t> routers_before(const Observation& seen);

struct IcmpQuestions {
  Query error_drawing;  // of the first socket
  Query still_there;    // answered to the first socket's mapping
  Query untouched;      // answered to the third socket's mapping
  Query control;        // of the second socket, which asks both
};

struct IcmpPlan {
  std::optional<IcmpQuestions> questions;
  std::string why_not;  // why there is nothing to ask; empty otherwise
};
[[nodiscard]] IcmpPlan icmp_plan(const ObservationLog& log);

// The first "time exceeded" that the request drew.
[[nodiscard]] std::optional<std::size_t> error_seen(const ObservationLog& log, const Query& error_drawing);

[[nodiscard]] Step next_icmp(const RunSoFar& run);

}  // namespace probe
