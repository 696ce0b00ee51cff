#include "net/random.h"

#include <bit>
#include <cassert>

namespace net {
namespace {

// SplitMix64 spreads a small seed over the state (Steele, Lea, Flood 2014).
std::uint64_t split_mix(std::uint64_t& seed) {
  std::uint64_t z = (seed += 0x9E3779B97F4A7C15U);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) word = split_mix(seed);
}

// xoshiro256** (Blackman, Vigna 2018).
std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t bound) {
  assert(bound > 0);
  const std::uint64_t reject_below = (0 - bound) % bound;  // the remainder that would favour small values
  std::uint64_t value = next();
  while (value < reject_below) value = next();
  return value % bound;
}

std::uint64_t Random::between(std::uint64_t low, std::uint64_t high) {
  assert(low <= high);
  const std::uint64_t values = high - low + 1;  // 0: all of them
  return values == 0 ? next() : low + below(values);
}

double Random::unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

bool Random::chance(double probability) { return unit() < probability; }

void Random::fill(std::span<std::uint8_t> bytes) {
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(next() >> 56);
}

Random Random::fork() { return Random(next()); }

}  // namespace net
