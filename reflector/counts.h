#pragma once
// What a reflector did, by kind: every datagram is counted once, none is logged. Each thread counts for itself; whoever
// wants to know sums them up, from whatever thread.

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "net/live_count.h"
#include "reflector/link_message.h"
#include "reflector/respond.h"

namespace reflector {

template <typename Number>
struct BasicCounts {
  std::array<Number, disposition_count> requests{};
  std::array<Number, link_fault_count> link_faults{};
  Number relayed{};              // replies asked of the partner
  Number sent_for_partner{};     // replies the partner asked for
  Number destination_refused{};  // ... to an address no host may name for another
  Number destination_limited{};  // ... over the destination's limit
  Number delayed_sent{};         // replies whose time had come
  Number delayed_limited{};      // ... over the destination's limit
  Number strangers{};            // datagrams on the link socket from elsewhere than the partner
};
using Counts = BasicCounts<std::uint64_t>;

struct alignas(64) LiveCounts : BasicCounts<net::LiveCount> {};  // of one thread

void add(Counts& sum, const LiveCounts& more);

// Each kind in plain words with its number, zeros included.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> in_words(const Counts& counts);

}  // namespace reflector
