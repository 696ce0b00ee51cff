#pragma once
// Whether inside hosts reach each other by their external endpoints (RFC 4787 section 6, RFC 5780 section 4.2). Two
// sockets of this host stand for two hosts: both learn their external endpoint; then the second writes to that of the
// first, which has never written there, and after that the first to the second, which has. So the first way tells
// whether what is hairpinned must pass the filter, and the second whether there is hairpinning at all. Every few times
// the second socket writes anew: a NAT that lost its table in between would else be silent for that.
//
// An external endpoint is another host's word. It is written to only where two reflectors name the same address, and
// one that may be reached on their word (net/address_scope.h).

#include <array>

#include "probe/discovery.h"

namespace probe {

inline constexpr std::array hairpin_sockets = {sockets::hairpin, sockets::hairpin + 1};

// One way of asking: who writes to whose external endpoint.
struct HairpinWay {
  Query question;  // its `socket` writes, its `heard_on` shall hear
  Query control;   // of the one that shall hear
};

struct HairpinPlan {
  std::array<net::Endpoint, 2> local;
  std::array<net::Endpoint, 2> mapped;    // as the reflectors see them
  std::array<net::Endpoint, 2> external;  // as they are written to: through a NAT64 at another address
  bool one_mapping = false;  // both sockets show two reflectors the same endpoint
  std::string why_not;       // why there is nothing to ask; empty otherwise

  std::array<HairpinWay, 2> ways;  // to one that never wrote there, to one that did
  Query opening;                   // the second way's: who shall hear writes anew
};
[[nodiscard]] HairpinPlan hairpin_plan(const ObservationLog& log);

[[nodiscard]] Step next_hairpin(const RunSoFar& run);

}  // namespace probe
