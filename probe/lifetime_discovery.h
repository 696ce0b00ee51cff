#pragma once
// How long an idle mapping lives, and packets of which direction refresh it (RFC 4787 REQ-5, REQ-6): all trials of
// probe/lifetime_trials.h side by side, until each state has a bracket; then the two questions of
// probe/lifetime_refresh.h, which take a moment. Beside the trials a socket of controls measures the loss and shows,
// when a silent answer was due, that the way was open.

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Step next_lifetime(const RunSoFar& run);

}  // namespace probe
