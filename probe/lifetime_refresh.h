#pragma once
// Packets of which direction refresh a mapping (RFC 4787 REQ-6). One socket hears answers again and again but sends
// nothing; some send again and again but hear nothing, each up to another moment. Once the lifetime of a two-way
// mapping is known, one more packet is aimed at each: RESPONSE-PORT makes the reflector answer the control socket's
// question there. A mapping that outlived its time since the last packet of the other direction was refreshed.

#include <optional>
#include <vector>

#include "probe/lifetime_trials.h"

namespace probe {

// When each answer comes to the socket that only hears, and when each of the others sends for the last time: seconds.
[[nodiscard]] std::span<const unsigned> inbound_times();
[[nodiscard]] std::span<const unsigned> outbound_times();

// A socket whose mapping is to be tried, and where it is: the external endpoint.
struct RefreshTarget {
  std::uint32_t socket = 0;
  net::Endpoint mapped;
};

struct RefreshQuestion {
  std::optional<RefreshTarget> target;
  unsigned asked = 0;
  bool heard = false;
  bool open = false;   // an answer may still come
  bool early = false;  // it is too soon to ask: the mapping would be alive in any case
  std::vector<std::size_t> evidence;
};

struct RefreshEvidence {
  RefreshQuestion by_inbound;
  RefreshQuestion by_outbound;
  RefreshQuestion control;  // RESPONSE-PORT to the control socket itself

  [[nodiscard]] std::array<const RefreshQuestion*, 3> all() const { return {&by_inbound, &by_outbound, &control}; }
};

// Only where the bracket of two-way mappings is decided, and not `longer`.
[[nodiscard]] RefreshEvidence refresh_evidence(const TrialLog& log, const LifetimeBracket& two_way);

}  // namespace probe
