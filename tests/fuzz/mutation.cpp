#include "tests/fuzz/mutation.h"

#include <algorithm>
#include <array>

namespace fuzz {
namespace {

constexpr std::size_t largest = 5000;

using Change = void (*)(net::Bytes&, const std::vector<net::Bytes>&, net::Random&);

// A position in [0, size], often a multiple of four, where attributes begin.
std::ptrdiff_t position(const net::Bytes& bytes, net::Random& random) {
  const std::uint64_t at = random.below(bytes.size() + 1);
  return static_cast<std::ptrdiff_t>(random.chance(0.7) ? at / 4 * 4 : at);
}

void flip_bit(net::Bytes& bytes, const std::vector<net::Bytes>&, net::Random& random) {
  if (!bytes.empty()) bytes[random.below(bytes.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
}

void set_byte(net::Bytes& bytes, const std::vector<net::Bytes>&, net::Random& random) {
  if (!bytes.empty()) bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.next());
}

void set_word(net::Bytes& bytes, const std::vector<net::Bytes>&, net::Random& random) {
  constexpr std::array<std::uint16_t, 18> words = {
      0, 1, 3, 4, 5, 0x7F, 0x80, 0x100, 0x7FFF, 0x8000, 0xFFFC, 0xFFFF, 0x0003, 0x0008, 0x001C, 0x0020, 0x8028, 0x8022};
  const std::ptrdiff_t at = position(bytes, random);
  if (bytes.end() - bytes.begin() < at + 2) return;
  const auto word = net::u16_bytes(words[random.below(words.size())]);
  std::copy(word.begin(), word.end(), bytes.begin() + at);
}

void cut(net::Bytes& bytes, const std::vector<net::Bytes>&, net::Random& random) {
  bytes.erase(bytes.begin() + position(bytes, random), bytes.end());
}

void insert(net::Bytes& bytes, const std::vector<net::Bytes>& seeds, net::Random& random) {
  const net::Bytes& other = seeds[random.below(seeds.size())];
  const std::ptrdiff_t a = position(other, random);
  const std::ptrdiff_t b = position(other, random);
  bytes.insert(bytes.begin() + position(bytes, random), other.begin() + std::min(a, b), other.begin() + std::max(a, b));
}

void repeat(net::Bytes& bytes, const std::vector<net::Bytes>&, net::Random& random) {
  const std::ptrdiff_t at = position(bytes, random);
  const net::Bytes tail(bytes.begin() + at, bytes.end());
  net::append(bytes, tail);
}

constexpr std::array<Change, 6> changes = {flip_bit, set_byte, set_word, cut, insert, repeat};

}  // namespace

net::Bytes mutated(const std::vector<net::Bytes>& seeds, net::Random& random) {
  net::Bytes bytes = seeds[random.below(seeds.size())];
  for (std::uint64_t left = random.between(1, 4); left > 0; --left) {
    changes[random.below(changes.size())](bytes, seeds, random);
    if (bytes.size() > largest) bytes.resize(largest);
  }
  return bytes;
}

}  // namespace fuzz
