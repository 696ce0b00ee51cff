#pragma once
// Random damage.

#include <vector>

#include "net/bytes.h"
#include "net/random.h"

namespace fuzz {

// One of `seeds` with one to four changes: bits, bytes, 16-bit boundary values, cuts, repeats and pieces of other
// seeds.
[[nodiscard]] net::Bytes mutated(const std::vector<net::Bytes>& seeds, net::Random& random);

}  // namespace fuzz
