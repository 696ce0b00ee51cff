#pragma once
// How many connections may be open at once, so that there is always a file descriptor left for what matters: an accept
// that fails for want of one can only be tried again and again.

#include <cstddef>

namespace reflector {

inline constexpr std::size_t connections_in_all = 1024;  // of a listener's host

struct DescriptorShares {
  std::size_t connections = 0;  // STUN over TCP, of one address family
  std::size_t pages = 0;        // of the metrics page
};

// Of a process that may open `limit` descriptors, serves so many address families and answers on so many UDP sockets.
[[nodiscard]] DescriptorShares share_descriptors(std::size_t limit, std::size_t families, std::size_t sockets,
                                                 bool metrics);

}  // namespace reflector
