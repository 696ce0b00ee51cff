#pragma once
// One observation in words, for text and HTML: what was asked, and what came back.

#include <string>

#include "probe/observation.h"

namespace reports {

struct ObservationWords {
  std::string asked;      // "203.0.113.1:3478 to answer from 203.0.113.2:3479"
  std::string came_back;  // "seen as 198.51.100.7:40001 after 20.3 ms", "nothing, 6 requests sent"
};

[[nodiscard]] ObservationWords words(const probe::Observation& observation);

// The "seen as" address, protected or plain; what a drawing joins sockets and destinations by.
[[nodiscard]] std::optional<net::Endpoint> seen_as(const probe::Observation& observation);

}  // namespace reports
