#pragma once
// What the trials of probe/lifetime_trials.h say.
//
// "lifetime": the longest idle time, in seconds, that a mapping survived in each of the three states: a keep-alive so
// often is safe. Figures: outbound_only, answered, two_way, the middle of each bracket in seconds; where one is the
// longest that was tried, `<name>_or_longer`. "refresh": outbound, inbound, both.
//
// Time that this host slept through is no lifetime: the clocks of host and reflector are compared.

#include "probe/findings.h"

namespace probe {

[[nodiscard]] NamedFinding conclude_lifetime(const ObservationLog& log);
[[nodiscard]] NamedFinding conclude_refresh(const ObservationLog& log);

}  // namespace probe
