#pragma once
// How long a run may take, to be said up front.

#include <string_view>

#include "net/time.h"

namespace probe {

// The longest this discovery may take; zero for those that end within seconds whatever the NAT does. All discoveries of
// a run go on side by side, so a run takes the longest of its discoveries.
[[nodiscard]] net::Duration may_take(std::string_view discovery);

}  // namespace probe
