#pragma once
// How long a run will take, said before it begins. Pure.

#include <functional>
#include <string>
#include <string_view>

#include "net/time.h"

namespace probe {

// Of one discovery behind an ordinary NAT; with `full` its deeper form. All of a run go on side by side.
[[nodiscard]] net::Duration typical_duration(std::string_view discovery, bool full);

// Of a run of these discoveries: the longest of them.
using Wanted = std::function<bool(std::string_view discovery)>;
[[nodiscard]] net::Duration estimate(const Wanted& wanted, bool full);

// "about 6 minutes: lifetime 6 min, layers 60 s": what takes longer than a few seconds, longest first; empty when
// nothing does.
[[nodiscard]] std::string estimate_words(const Wanted& wanted, bool full);

}  // namespace probe
