#include "stun/sip_hash.h"

#include <bit>
#include <cstring>

namespace stun {
namespace {

// Little-endian words, as the paper has them.
std::uint64_t word_at(const std::uint8_t* at) {
  std::uint64_t out = 0;
  std::memcpy(&out, at, sizeof out);
  if constexpr (std::endian::native == std::endian::big) out = __builtin_bswap64(out);
  return out;
}

// Fewer than eight bytes, and the size of the whole in the highest.
std::uint64_t last_word(net::BytesView rest, std::size_t size) {
  std::uint64_t out = std::uint64_t{size} << 56;
  for (std::size_t i = 0; i < rest.size(); ++i) out |= std::uint64_t{rest[i]} << (8 * i);
  return out;
}

class State {
 public:
  explicit State(const SipKey& key) {
    const std::uint64_t k0 = word_at(key.data());
    const std::uint64_t k1 = word_at(key.data() + 8);
    v0_ = k0 ^ 0x736f6d6570736575U;
    v1_ = k1 ^ 0x646f72616e646f6dU;
    v2_ = k0 ^ 0x6c7967656e657261U;
    v3_ = k1 ^ 0x7465646279746573U;
  }
  void take(std::uint64_t word) {
    v3_ ^= word;
    round();
    round();
    v0_ ^= word;
  }
  [[nodiscard]] std::uint64_t finish() {
    v2_ ^= 0xFF;
    for (int i = 0; i < 4; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  std::uint64_t v0_;
  std::uint64_t v1_;
  std::uint64_t v2_;
  std::uint64_t v3_;

  void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }
};

}  // namespace

std::uint64_t sip_hash(const SipKey& key, net::BytesView message) {
  State state(key);
  std::size_t at = 0;
  for (; at + 8 <= message.size(); at += 8) state.take(word_at(message.data() + at));
  state.take(last_word(message.subspan(at), message.size()));
  return state.finish();
}

}  // namespace stun
