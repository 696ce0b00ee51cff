#pragma once
// Which paths of a report an exit code and expectations go by. Pure.
//
// Nobody asked for the other address family by name where both are described because names have both: where one family
// of a path works, the other one that is dead, or in which fewer reflectors could be asked, is shown and decides
// nothing. A path that was asked for (-4, -6, an interface of its own) has no such neighbour, and decides.

#include <vector>

#include "probe/report.h"

namespace probe {

[[nodiscard]] std::vector<const Report*> deciding_paths(const Report& report);  // at least one, in order

// Whether any reflector answered over UDP, on any path.
[[nodiscard]] bool answered_on_any_path(const Report& report);

}  // namespace probe
