#pragma once
// What a run is waiting for, in words. Pure.

#include <string>

#include "net/time.h"
#include "probe/observation.h"

namespace probe {

// "12 s of about 360 s: lifetime, layers": the discoveries that still await answers, in the order they asked. An
// estimate that has passed is not shown.
[[nodiscard]] std::string progress_words(const ObservationLog& log, net::Duration elapsed, net::Duration estimated);

}  // namespace probe
