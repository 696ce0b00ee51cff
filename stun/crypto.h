#pragma once
// The hashes STUN and our private parts need, from OpenSSL's libcrypto. Keys and messages in, digests out. A libcrypto
// that lacks one of them or fails is a std::runtime_error.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "net/bytes.h"
#include "stun/sip_hash.h"

namespace stun {

inline constexpr std::size_t sha1_size = 20;
inline constexpr std::size_t sha256_size = 32;

// A message may lie in pieces, so that nobody copies one to change its header.
using Pieces = std::initializer_list<net::BytesView>;
[[nodiscard]] std::array<std::uint8_t, sha1_size> hmac_sha1(net::BytesView key, Pieces message);
[[nodiscard]] std::array<std::uint8_t, sha256_size> hmac_sha256(net::BytesView key, Pieces message);
[[nodiscard]] std::array<std::uint8_t, sha1_size> hmac_sha1(net::BytesView key, net::BytesView message);
[[nodiscard]] std::array<std::uint8_t, sha256_size> hmac_sha256(net::BytesView key, net::BytesView message);
[[nodiscard]] std::array<std::uint8_t, sha256_size> sha256(net::BytesView message);

// RFC 8489 section 9.2.2 with MD5: key = MD5(username ":" realm ":" password), the password after OpaqueString.
[[nodiscard]] std::array<std::uint8_t, 16> long_term_key(std::string_view username, std::string_view realm,
                                                         std::string_view password);

// Time does not depend on where the first difference is. Different sizes are unequal.
[[nodiscard]] bool constant_time_equal(net::BytesView a, net::BytesView b);

// Bytes from the system's generator, for keys, secrets and seeds.
void fill_with_secret(std::span<std::uint8_t> bytes);

}  // namespace stun
