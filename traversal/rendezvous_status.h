#pragma once
// What a running rendezvous can tell of itself in numbers, and these as Prometheus' text. Pure. Names and labels are a
// promise to dashboards and alerts (docs/rendezvous.md lists them).

#include <array>
#include <cstdint>
#include <map>
#include <string>

#include "traversal/matrix.h"

namespace traversal {

inline constexpr std::size_t outcome_count = 6;

struct RendezvousStatus {
  std::size_t registered_hosts = 0;
  std::size_t matrices_running = 0;
  std::size_t matrices_finished = 0;  // and kept
  std::size_t jobs_running = 0;
  bool able_to_write = true;  // the journal

  std::uint64_t requests = 0;                       // of hosts and clients, the refused ones too
  std::map<std::uint16_t, std::uint64_t> refusals;  // by ErrorReason
  std::uint64_t repeated = 0;                       // requests that had their answer, and got the same again
  std::uint64_t ignored = 0;                        // datagrams and messages that are no signal
  std::uint64_t jobs_begun = 0;
  std::array<std::uint64_t, outcome_count> pairs{};  // ended, by Outcome
};

struct DoorStatus {  // TCP
  std::size_t connections = 0;
  std::uint64_t refused = 0;
};

[[nodiscard]] std::string metrics_text(const RendezvousStatus& status, const DoorStatus& door);

}  // namespace traversal
