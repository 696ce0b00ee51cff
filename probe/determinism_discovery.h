#pragma once
// Whether the NAT treats a socket the same in other circumstances (RFC 4787 REQ-11: deterministic behaviour): after it
// was idle for five seconds, which no mapping lifetime in the field is short of, and after a collision, which a second
// local address of this host makes by using the same port (probe/determinism_answers.h). At most 8 flows; waits for
// nobody and stops at the first question that is not answered.

#include "probe/discovery.h"

namespace probe {

inline constexpr net::Duration determinism_idle = std::chrono::seconds(5);

[[nodiscard]] Step next_determinism(const RunSoFar& run);

}  // namespace probe
