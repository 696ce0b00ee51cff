#pragma once
// Of a matrix whose hosts were drawn from a population (natlab simulate): which, and how far its share of connected
// pairs holds.

#include <cstdint>
#include <string>
#include <vector>

#include "reports/interval.h"

namespace reports {

struct PopulationDraw {
  std::string population;
  std::string source;   // where its numbers come from
  std::string assumed;  // what no source says
  std::uint64_t seed = 0;
  std::vector<std::string> kinds;  // of each host of the matrix, in its order
  Interval over_hosts;             // of the share of connected pairs, over the draw of hosts
  Interval over_pairs;             // the same if pairs were independent, which they are not
};

}  // namespace reports
