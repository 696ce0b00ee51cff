#pragma once
// Playing a scenario to its end: every host probes, side by side; then, where there is a rendezvous, every pair tries.
// Both worlds run the same code of probe, reflector and traversal and give the same document. The scenario's events
// happen on the way, as long as there is something to wait for; what they break is told in the document.

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "lab/scenario.h"
#include "reports/matrix_json.h"

namespace lab {

// A folder for what crosses the links (lab/capture.h), or none.
using CaptureFolder = std::optional<std::filesystem::path>;

// Why it can be laid out and not be played, and where: "matrix.strategies: no such strategy: x". Empty: it can.
[[nodiscard]] std::optional<std::string> cannot_be_played(const Scenario& scenario);

// With real packets: a namespace a host, and the programs beside this one. CannotWork where that cannot be had or a
// program fails; Stopped on a signal.
[[nodiscard]] reports::MatrixDocument play_wired(const Scenario& scenario, const CaptureFolder& pcap = {});

// In memory, under a virtual clock.
[[nodiscard]] reports::MatrixDocument play_simulated(const Scenario& scenario, const CaptureFolder& pcap = {});

// ---- what both share -----------------------------------------------------------------------------------------------

using Probes = std::map<std::string, probe::Report>;  // by host name

// Of a probe that gave none: all is unknown, and why.
[[nodiscard]] probe::Report report_without_answers(const std::string& why);

// Why there is no outcome for some pairs, or for any.
struct Absences {
  std::map<std::string, std::string> lost;         // hosts whose peer was lost before the matrix began
  std::map<std::string, std::string> unreachable;  // hosts that the rendezvous cannot be reached from
  std::string whole;                               // the matrix itself
};

// The matrix with the probes, and with the hosts and pairs that could not take part.
[[nodiscard]] reports::MatrixDocument whole_document(const Scenario& scenario, Probes probes, traversal::Matrix matrix,
                                                     const Absences& absences);

}  // namespace lab
