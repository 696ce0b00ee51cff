#pragma once
// Chance as an argument: a seeded generator that is passed in. The same seed gives the same run on every machine
// (no std:: distributions, whose results differ between standard libraries). Not for secrets: see stun/token keys.

#include <cstdint>
#include <span>

namespace net {

class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();                                          // uniform over 64 bits
  std::uint64_t below(std::uint64_t bound);                      // uniform in [0, bound); bound > 0
  std::uint64_t between(std::uint64_t low, std::uint64_t high);  // uniform in [low, high]
  double unit();                                                 // uniform in [0, 1)
  bool chance(double probability);                               // true with this probability
  void fill(std::span<std::uint8_t> bytes);
  [[nodiscard]] Random fork();  // an independent stream for a part

 private:
  std::uint64_t state_[4];
};

}  // namespace net
