#pragma once
// `natlab simulate`: draws hosts from a population and lets every two of them punch, in memory.

#include "lab/commands/options.h"

namespace lab {

// 0; CannotWork for an unreadable population, Stopped on a signal: then no file was touched.
[[nodiscard]] int simulate(const SimulateOptions& options, const net::CommonOptions& common);

}  // namespace lab
