#pragma once
// What an early packet does that nobody asked for: one that comes from the reflector to an external port before the
// inside socket of that port has sent anything. Some routers take such a packet for themselves and remember the flow;
// the socket's mapping then gets another port, or none, which spoils hole punching. It can be asked only where the NAT
// preserves ports, for only there is it known which external port a socket will get.
//
// One socket, the opener, asks the reflector to answer to a port (RESPONSE-PORT) that is bound nowhere yet; when the
// reflector confirms what it sent (SENT-COUNT), a fresh socket bound to that port asks it, and beside it one whose port
// nothing was sent to. The ports are above those that systems hand out, so no other socket of the run has one.
//
// Where that does harm, a last trial sends a request of low TTL first, which opens the mapping and reaches nobody.

#include <array>
#include <optional>

#include "probe/discovery.h"

namespace probe {

inline constexpr unsigned unsolicited_trials = 2;

struct UnsolicitedTrial {
  std::optional<Query> opening;  // of low TTL, before all else
  Query early;                   // the opener's: draws the packet nobody asked for
  Query count;                   // the opener's: how many were sent
  Query treated;                 // of the socket whose port had the early packet
  Query untreated;               // of a socket whose port had none
};

struct UnsolicitedPlan {
  std::array<UnsolicitedTrial, unsolicited_trials> trials;
  std::optional<UnsolicitedTrial> low_ttl;  // where the distance of the reflector is known
  std::string why_not;                      // why there is nothing to ask; empty otherwise
};
[[nodiscard]] UnsolicitedPlan unsolicited_plan(const ObservationLog& log);

// What became of one trial.
enum class EarlyPacket : std::uint8_t { NotKnown, Ignored, ChangedTheMapping, Blocked };
[[nodiscard]] EarlyPacket outcome_of(const ObservationLog& log, const UnsolicitedTrial& trial);

[[nodiscard]] Step next_unsolicited(const RunSoFar& run);

}  // namespace probe
