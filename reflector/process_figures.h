#pragma once
// Figures of this process, from the system.

#include "reflector/metrics_text.h"

namespace reflector {

// Before threads start: the time of day is then that of the start.
[[nodiscard]] double seconds_since_1970();
[[nodiscard]] ProcessFigures process_figures(double start_time);

// Raises the soft limit of file descriptors to what a reflector may use, as far as the hard one lets it; the limit.
std::size_t raise_descriptor_limit();

}  // namespace reflector
