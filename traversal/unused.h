#pragma once
// Messages that changed nothing, counted by why they did not. A network doubles and delays, so a few of the last two
// kinds are everybody's; the others are somebody's doing.

#include <array>
#include <cstdint>
#include <string>

#include "net/bytes.h"

namespace traversal {

enum class Unused : std::uint8_t {
  FromElsewhere,  // than who may say it
  TooLarge,       // for any message of ours
  NoMessage,      // of ours
  Forged,         // not signed as it must be
  NotAsked,       // for: late, or of another attempt or session
  Repeated,       // it had its answer
};
inline constexpr std::size_t unused_kinds = 6;

[[nodiscard]] Unused unreadable(net::BytesView datagram);  // TooLarge or NoMessage

class UnusedCounts {
 public:
  void count(Unused why) { ++counts_[static_cast<std::size_t>(why)]; }
  [[nodiscard]] std::uint64_t of(Unused why) const { return counts_[static_cast<std::size_t>(why)]; }
  [[nodiscard]] std::string text() const;  // "2 forged, 1 repeated"; empty: there were none

 private:
  std::array<std::uint64_t, unused_kinds> counts_{};
};

}  // namespace traversal
