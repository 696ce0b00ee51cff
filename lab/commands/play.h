#pragma once
// Playing a scenario to its end: every host probes, side by side; then, where there is a rendezvous, every pair tries.
// Both worlds run the same code of probe, reflector and traversal and give the same document.

#include "lab/scenario.h"
#include "reports/matrix_json.h"

namespace lab {

// With real packets: a namespace a host, and the programs beside this one. CannotWork where that cannot be had or a
// program fails; Stopped on a signal.
[[nodiscard]] reports::MatrixDocument play_wired(const Scenario& scenario);

// In memory, under a virtual clock.
[[nodiscard]] reports::MatrixDocument play_simulated(const Scenario& scenario);

}  // namespace lab
