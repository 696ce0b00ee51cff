#pragma once
// What a reflector did, by kind: every datagram is counted once, none is logged.

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reflector/link_message.h"
#include "reflector/respond.h"

namespace reflector {

struct Counts {
  std::array<std::uint64_t, disposition_count> requests{};
  std::array<std::uint64_t, link_fault_count> link_faults{};
  std::uint64_t relayed = 0;              // replies asked of the partner
  std::uint64_t sent_for_partner = 0;     // replies the partner asked for
  std::uint64_t destination_refused = 0;  // ... to an address no host may name for another
  std::uint64_t destination_limited = 0;  // ... over the destination's limit
  std::uint64_t delayed_sent = 0;         // replies whose time had come
  std::uint64_t delayed_limited = 0;      // ... over the destination's limit
  std::uint64_t strangers = 0;            // datagrams on the link socket from elsewhere than the partner
};

// Each kind in plain words with its number, zeros included.
[[nodiscard]] std::vector<std::pair<std::string, std::uint64_t>> in_words(const Counts& counts);

}  // namespace reflector
