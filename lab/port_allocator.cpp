#include "lab/port_allocator.h"

#include <algorithm>

namespace lab {
namespace {

constexpr unsigned first_unprivileged = 1024;  // RFC 4787 REQ-3: well-known ports are those below

// The wanted port, or the next one above it that can be had; round the range once. With a stride of 2 the parity of the
// wanted port is kept.
template <typename Usable>
std::optional<net::Endpoint> next_free(net::Endpoint external, unsigned wanted, unsigned first, unsigned last,
                                       unsigned stride, const Usable& usable) {
  if (wanted < first || wanted > last) wanted = first + (first % stride != wanted % stride ? 1 : 0);
  for (unsigned port = wanted; port <= last; port += stride) {
    external.port = static_cast<std::uint16_t>(port);
    if (usable(external)) return external;
  }
  for (unsigned port = first + (first % stride != wanted % stride ? 1 : 0); port < wanted; port += stride) {
    external.port = static_cast<std::uint16_t>(port);
    if (usable(external)) return external;
  }
  return std::nullopt;
}

}  // namespace

PortAllocator::PortAllocator(const NatProfile& profile, net::Random chance) : chance_(chance) {
  for (std::uint16_t& port : first_in_sequence_) {
    port = static_cast<std::uint16_t>(chance_.between(profile.first_port, profile.last_port));
  }
}

void PortAllocator::forget() {
  last_in_sequence_.clear();
  pairing_.clear();
  blocks_.clear();
}

std::optional<net::Endpoint> PortAllocator::choose(const NatProfile& profile,
                                                   const std::vector<net::IpAddress>& addresses, const FlowKey& key,
                                                   std::uint16_t preferred, const Usable& usable) {
  const net::Endpoint external{pooled(profile, addresses, key.internal.address), 0};
  const auto range = range_for(profile, external.address, key);
  if (!range) return std::nullopt;
  const unsigned stride = profile.keep_parity ? 2 : 1;
  switch (profile.allocation) {
    case net::PortAllocation::Preserving:
    case net::PortAllocation::PreservingOverloading:
      return next_free(external, preferred, range->first, range->last, stride, usable);
    case net::PortAllocation::Sequential: return next_in_sequence(profile, external, *range, key, usable);
    case net::PortAllocation::Random:
    case net::PortAllocation::Block: return random_in(external, *range, stride, key, usable);
  }
  return std::nullopt;
}

const net::IpAddress& PortAllocator::pooled(const NatProfile& profile, const std::vector<net::IpAddress>& addresses,
                                            const net::IpAddress& internal) {
  if (profile.pooling == Pooling::Arbitrary) return addresses[chance_.below(addresses.size())];
  return addresses[pairing_.try_emplace(internal, pairing_.size()).first->second % addresses.size()];
}

std::optional<PortAllocator::Range> PortAllocator::range_for(const NatProfile& profile, const net::IpAddress& external,
                                                             const FlowKey& key) {
  if (profile.allocation == net::PortAllocation::Block) return block_of(profile, external, key.internal.address);
  const Range pool{profile.first_port, profile.last_port};
  if (!profile.keep_port_range) return pool;
  if (key.internal.port < first_unprivileged) return Range{1, first_unprivileged - 1};
  return Range{std::max(first_unprivileged, pool.first), pool.last};
}

// Blocks are aligned within the pool and belong to their host until the NAT forgets (RFC 7422).
std::optional<PortAllocator::Range> PortAllocator::block_of(const NatProfile& profile, const net::IpAddress& external,
                                                            const net::IpAddress& internal) {
  const unsigned size = profile.block_size;
  const auto as_range = [size](unsigned first) { return Range{first, first + size - 1}; };
  if (const auto own = blocks_.find({external, internal}); own != blocks_.end()) return as_range(own->second);
  std::vector<unsigned> free;
  for (unsigned first = profile.first_port; first + size - 1 <= profile.last_port; first += size) {
    const bool taken = std::ranges::any_of(
        blocks_, [&](const auto& block) { return block.first.first == external && block.second == first; });
    if (!taken) free.push_back(first);
  }
  if (free.empty()) return std::nullopt;
  return as_range(blocks_[{external, internal}] = free[chance_.below(free.size())]);
}

std::optional<net::Endpoint> PortAllocator::next_in_sequence(const NatProfile& profile, net::Endpoint external,
                                                             Range range, const FlowKey& key, const Usable& usable) {
  const net::IpAddress whose = profile.sequence_per_host ? key.internal.address : net::IpAddress{};
  const auto first = first_in_sequence_[static_cast<std::size_t>(key.protocol)];
  const auto [sequence, begins] = last_in_sequence_.try_emplace({key.protocol, whose}, first);
  std::uint16_t& last = sequence->second;
  // Sequences of several hosts that began at one port would run into each other and look like one.
  if (begins && profile.sequence_per_host) last = static_cast<std::uint16_t>(chance_.between(range.first, range.last));
  const unsigned size = range.last - range.first + 1;
  const unsigned next = range.first + (std::max<unsigned>(last, range.first) - range.first + profile.step) % size;
  const auto chosen = next_free(external, next, range.first, range.last, 1, usable);
  if (chosen) last = chosen->port;
  return chosen;
}

// Uniform over what is free: by drawing again, and in a crowded range by counting.
std::optional<net::Endpoint> PortAllocator::random_in(net::Endpoint external, Range range, unsigned stride,
                                                      const FlowKey& key, const Usable& usable) {
  const unsigned first = range.first + (stride == 2 && range.first % 2 != key.internal.port % 2U ? 1 : 0);
  const unsigned count = first > range.last ? 0 : (range.last - first) / stride + 1;
  constexpr int draws = 64;
  for (int i = 0; i < draws && count > 0; ++i) {
    external.port = static_cast<std::uint16_t>(first + chance_.below(count) * stride);
    if (usable(external)) return external;
  }
  std::vector<net::Endpoint> free;
  for (unsigned port = first; port <= range.last; port += stride) {
    external.port = static_cast<std::uint16_t>(port);
    if (usable(external)) free.push_back(external);
  }
  if (free.empty()) return std::nullopt;
  return free[chance_.below(free.size())];
}

}  // namespace lab
