#pragma once
// What `natlab simulate` prints: the share of pairs that connect and how far it holds, and kind with kind.

#include <string>

#include "lab/commands/tally.h"
#include "reports/population_draw.h"
#include "reports/terminal.h"

namespace lab {

[[nodiscard]] std::string simulation_text(const Population& population, const Tally& tally,
                                          const reports::PopulationDraw& drawn, reports::Ink ink);

// "78.2 % of 499500 pairs connected, 95 % interval 76.0 % to 80.3 %": all that --quiet leaves.
[[nodiscard]] std::string simulation_line(const Tally& tally, const reports::PopulationDraw& drawn);

}  // namespace lab
