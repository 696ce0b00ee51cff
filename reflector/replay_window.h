#pragma once
// Each sequence number once, in any order within the last 1,024 (RFC 4303 section 3.4.3, as IPsec does it).

#include <bitset>
#include <cstdint>

namespace reflector {

class ReplayWindow {
 public:
  static constexpr std::uint64_t size = 1024;

  // True the first time a number is seen, unless it lies behind the window.
  [[nodiscard]] bool accept(std::uint64_t sequence) {
    if (sequence + size <= highest_) return false;
    if (sequence > highest_) {
      const std::uint64_t skipped = sequence - highest_;
      if (skipped >= size) seen_.reset();
      for (std::uint64_t i = 1; skipped < size && i <= skipped; ++i) seen_.reset((highest_ + i) % size);
      highest_ = sequence;
    }
    const bool first_time = !seen_.test(sequence % size);
    seen_.set(sequence % size);
    return first_time;
  }

 private:
  std::uint64_t highest_ = 0;
  std::bitset<size> seen_;
};

}  // namespace reflector
