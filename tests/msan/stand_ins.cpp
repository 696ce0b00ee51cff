// Stand-ins for libcrypto and zlib, whose code MemorySanitizer cannot see into: right in what they read and write, not
// in what they compute. The CRC is the real one, as FINGERPRINT is checked; a "hash" is any mix of key and message.
#include <zlib.h>

#include "stun/crypto.h"

namespace {

std::uint64_t mixed(std::uint64_t state, net::BytesView bytes) {
  for (const std::uint8_t byte : bytes) state = (state ^ byte) * 0x100000001B3ULL;
  return state;
}

template <std::size_t Size>
std::array<std::uint8_t, Size> stretched(std::uint64_t state) {
  std::array<std::uint8_t, Size> out{};
  for (std::uint8_t& byte : out) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    byte = static_cast<std::uint8_t>(state >> 56);
  }
  return out;
}

std::uint64_t mixed(net::BytesView key, stun::Pieces message) {
  std::uint64_t state = mixed(0xCBF29CE484222325ULL, key);
  for (const net::BytesView piece : message) state = mixed(state, piece);
  return state;
}

}  // namespace

extern "C" uLong crc32(uLong before, const Bytef* bytes, uInt size) {
  auto crc = static_cast<std::uint32_t>(~before);
  for (uInt i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return static_cast<std::uint32_t>(~crc);
}

namespace stun {

std::array<std::uint8_t, sha1_size> hmac_sha1(net::BytesView key, Pieces message) {
  return stretched<sha1_size>(mixed(key, message));
}
std::array<std::uint8_t, sha256_size> hmac_sha256(net::BytesView key, Pieces message) {
  return stretched<sha256_size>(mixed(key, message));
}
std::array<std::uint8_t, sha1_size> hmac_sha1(net::BytesView key, net::BytesView message) {
  return hmac_sha1(key, {message});
}
std::array<std::uint8_t, sha256_size> hmac_sha256(net::BytesView key, net::BytesView message) {
  return hmac_sha256(key, {message});
}

bool constant_time_equal(net::BytesView a, net::BytesView b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace stun
