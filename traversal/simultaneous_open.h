#pragma once
// Both sides send to each other's candidates at the same time and keep sending, so that each opens its own NAT for the
// other. No guessing.

#include "traversal/strategy.h"

namespace traversal {

[[nodiscard]] Plan simultaneous_open(const Description& local, const Description& remote, net::Random& random);

}  // namespace traversal
