#include "reflector/descriptor_shares.h"

#include <algorithm>

namespace reflector {
namespace {

constexpr std::size_t other_descriptors = 32;  // standard streams, event queues, listeners, and some to spare
constexpr std::size_t least_for_connections = 8;
constexpr std::size_t most_pages = 64;

}  // namespace

DescriptorShares share_descriptors(std::size_t limit, std::size_t families, std::size_t sockets, bool metrics) {
  const std::size_t own_descriptors = other_descriptors + sockets;
  const std::size_t free = std::max(limit, own_descriptors + least_for_connections) - own_descriptors;
  const std::size_t pages = metrics ? std::min(most_pages, free / 4) : 0;
  const std::size_t each = (free - pages) / std::max<std::size_t>(families, 1);
  return {.connections = std::clamp<std::size_t>(each, 1, connections_in_all), .pages = pages};
}

}  // namespace reflector
