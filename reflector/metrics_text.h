#pragma once
// The metrics page in Prometheus' text format (version 0.0.4), and the health page. Pure: what is known goes in, text
// comes out. Names and labels are a promise to dashboards and alerts (docs/natreflector.md lists them).

#include <cstdint>
#include <string>

#include "reflector/status.h"

namespace reflector {

struct ProcessFigures {
  double start_time = 0;  // seconds since 1970
  double cpu_seconds = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t most_descriptors = 0;
};

struct MetricsPage {
  Status status;
  std::uint64_t received = 0;     // datagrams
  std::uint64_t sent = 0;         // datagrams
  std::uint64_t send_failed = 0;  // datagrams
  std::uint64_t reloads_applied = 0;
  std::uint64_t reloads_refused = 0;
  ProcessFigures process;
};

[[nodiscard]] std::string metrics_text(const MetricsPage& page);

// "listening: yes", then a line for each partner. Healthy means listening: a reflector whose partner is silent still
// answers, and restarting it would not help.
[[nodiscard]] std::string health_text(const Status& status);

}  // namespace reflector
