#pragma once
// Playing a scenario to its end: every host probes, side by side; then, where there is a rendezvous, every pair tries.
// Both worlds run the same code of probe, reflector and traversal and give the same document.

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "lab/scenario.h"
#include "reports/matrix_json.h"

namespace lab {

// A folder for what crosses the links (lab/capture.h), or none.
using CaptureFolder = std::optional<std::filesystem::path>;

// With real packets: a namespace a host, and the programs beside this one. CannotWork where that cannot be had or a
// program fails; Stopped on a signal.
[[nodiscard]] reports::MatrixDocument play_wired(const Scenario& scenario, const CaptureFolder& pcap = {});

// In memory, under a virtual clock.
[[nodiscard]] reports::MatrixDocument play_simulated(const Scenario& scenario, const CaptureFolder& pcap = {});

// ---- what both end with --------------------------------------------------------------------------------------------

using Probes = std::map<std::string, probe::Report>;  // by host name

// Where UDP is blocked no peer can register.
[[nodiscard]] bool can_take_part(const probe::Report& probe);

// The matrix with the probes, and with the hosts and pairs that could not take part.
[[nodiscard]] reports::MatrixDocument whole_document(const Scenario& scenario, Probes probes, traversal::Matrix matrix);

}  // namespace lab
