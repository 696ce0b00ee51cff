#pragma once
// How often the next external port is within three guesses (probe/port_predictor.h says what is guessed), measured on
// flows the prediction was not learned from.
//
//   value                the hit rate in percent
//   figures hit_rate     the same; low, high: its 95 % interval, in percent
//           guesses, trials, offsets ("+7, +14, +21")

#include "probe/findings.h"
#include "probe/port_predictor.h"

namespace probe {

// Of the allocation discovery: each socket's questions to further addresses, while no other question of the run may
// have made a mapping. Towards another port of an address it has asked before only where the mapping depends on the
// port: else no new mapping is due. Where each destination gets a port that has nothing to do with the local one, the
// first question of a fresh socket, asked at once, is as good.
[[nodiscard]] PortStepsSeen port_steps_seen(const ObservationLog& log);

[[nodiscard]] NamedFinding conclude_next_port(const ObservationLog& log);

}  // namespace probe
