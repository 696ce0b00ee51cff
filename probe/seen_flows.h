#pragma once
// The flows of a run as the NAT met them: one socket towards one endpoint, with the external endpoint the NAT chose.
// Only flows of ordinary questions are taken: discoveries that disturb the NAT on purpose say nothing of its habits.
//
// The order in which mappings were made is known only where one question was answered before the next was asked.

#include <optional>
#include <utility>
#include <vector>

#include "net/time.h"
#include "probe/observation.h"

namespace probe {

struct SeenFlow {
  std::size_t index = 0;  // of the first observation that shows it
  std::uint32_t socket = 0;
  net::Endpoint to;
  net::Endpoint local;
  net::Endpoint external;
  net::Duration asked_at{};     // the mapping was made after this
  net::Duration answered_at{};  // and before this

  [[nodiscard]] bool untranslated() const { return local == external; }
  [[nodiscard]] bool keeps_port() const { return local.port == external.port; }
};
using SeenFlows = std::vector<SeenFlow>;

// Of connectivity, partner, mapping, filtering and allocation, by the time they were first asked.
[[nodiscard]] SeenFlows seen_flows(const ObservationLog& log);

// Those of one socket.
[[nodiscard]] SeenFlows flows_of(const SeenFlows& flows, std::uint32_t socket);
[[nodiscard]] std::vector<std::uint32_t> sockets_of(const SeenFlows& flows);

// Some socket got another external port towards another port of the same address.
[[nodiscard]] bool depends_on_port(const SeenFlows& flows);

// The flows that made a mapping of their own, as far as one can tell: not those that share the external endpoint of an
// earlier flow of their socket.
[[nodiscard]] SeenFlows new_mappings(const SeenFlows& flows);

// As many of them as are known to have followed one another.
[[nodiscard]] SeenFlows in_certain_order(const SeenFlows& flows);

// When other questions than those of this discovery may have made mappings; may overlap.
using Span = std::pair<net::Duration, net::Duration>;
[[nodiscard]] std::vector<Span> disturbances(const ObservationLog& log, std::string_view discovery);
[[nodiscard]] bool disturbed(const std::vector<Span>& disturbances, net::Duration from, net::Duration until);

}  // namespace probe
