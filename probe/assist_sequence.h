#pragma once
// Whether the new mappings of another inside host advance our sequence of ports: five of ours alone give the step, then
// three of the assistant's stand between each two of ours. Where the sequence is one for all, its ports lie between
// ours each time; where each host has its own, ours go on by the step as if nothing had been.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probe/observation.h"

namespace probe {

struct AssistScope {
  std::optional<bool> shared;  // empty: not known
  double confidence = 0;
  std::string why;  // why it is not known
  std::vector<std::size_t> evidence;
};
// Of ports in sequence.
[[nodiscard]] AssistScope assist_sequence_scope(const ObservationLog& log);
// Of a block that reaches at least from the first to the last port we were given.
[[nodiscard]] AssistScope assist_block_scope(const ObservationLog& log, unsigned first, unsigned last);

// Whether this word of the finding `allocation` leaves nothing to share: ports are kept, or at random.
[[nodiscard]] bool shares_no_ports(std::string_view allocation);

}  // namespace probe
