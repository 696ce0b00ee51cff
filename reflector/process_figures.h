#pragma once
// Figures of this process, from the system.

#include "reflector/metrics_text.h"

namespace reflector {

// Before threads start: the time of day is then that of the start.
[[nodiscard]] double seconds_since_1970();
[[nodiscard]] ProcessFigures process_figures(double start_time);

}  // namespace reflector
