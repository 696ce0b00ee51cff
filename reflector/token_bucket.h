#pragma once
// One token bucket in one word, for many threads without a lock. It holds `burst` tokens and gets `per_second` back for
// each whole second since it was last full: so at most `burst` in the first second and `per_second` in each one after,
// and a bucket that was emptied in somebody's name has tokens again within a second.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

#include "net/time.h"

namespace reflector {

struct Rate {
  unsigned per_second = 20;
  unsigned burst = 50;  // at most 16,777,215; a higher one is taken as that
};

// The time of buckets: milliseconds of the monotonic clock, the last 2^40 of them (34 years).
struct BucketTime {
  std::uint64_t milliseconds = 0;

  [[nodiscard]] static BucketTime of(net::TimePoint now) {
    const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    return {static_cast<std::uint64_t>(count) & ((std::uint64_t{1} << 40U) - 1)};
  }
};

class TokenBucket {
 public:
  // Takes a token; false when there is none.
  [[nodiscard]] bool take(const Rate& rate, BucketTime now) {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      const Level level = refilled(word, rate, now);
      if (level.used >= std::min<std::uint64_t>(rate.burst, most_used)) return false;
      const std::uint64_t next = level.since << used_bits | (level.used + 1);
      if (word_.compare_exchange_weak(word, next, std::memory_order_relaxed)) return true;
    }
  }

 private:
  struct Level {
    std::uint64_t since;  // when the tokens in use began to come back
    std::uint64_t used;
  };
  static constexpr unsigned used_bits = 24;
  static constexpr std::uint64_t most_used = (std::uint64_t{1} << used_bits) - 1;

  std::atomic<std::uint64_t> word_{0};

  // A clock that lies a little behind another thread's counts as standing still.
  static Level refilled(std::uint64_t word, const Rate& rate, BucketTime now) {
    Level level{word >> used_bits, word & most_used};
    if (level.used > 0 && now.milliseconds >= level.since + 1000) {
      const std::uint64_t seconds = (now.milliseconds - level.since) / 1000;
      level.used -= std::min(level.used, seconds * rate.per_second);
      level.since += seconds * 1000;
    }
    if (level.used == 0) level.since = now.milliseconds;
    return level;
  }
};

}  // namespace reflector
