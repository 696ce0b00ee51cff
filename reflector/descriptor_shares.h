#pragma once
// How many connections may be open at once, so that there is always a file descriptor left for what matters: an accept
// that fails for want of one can only be tried again and again.

#include <cstddef>

namespace reflector {

struct DescriptorShares {
  std::size_t connections = 0;  // STUN over TCP, of one address family
  std::size_t pages = 0;        // of the metrics page
};

// Of a process that may open `limit` descriptors and serves so many address families.
[[nodiscard]] DescriptorShares share_descriptors(std::size_t limit, std::size_t families, bool metrics);

}  // namespace reflector
