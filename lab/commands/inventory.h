#pragma once
// What a scenario brings up, for --verbose.

#include <string>
#include <vector>

#include "lab/scenario.h"

namespace lab {

// One line each: "reflector r1 at 198.51.100.1", "NAT router (full-cone) at 203.0.113.1", "host a at 10.0.1.2 behind
// router".
[[nodiscard]] std::vector<std::string> inventory(const Scenario& scenario);

// The same on stderr.
void print_inventory(const Scenario& scenario);

}  // namespace lab
