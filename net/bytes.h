#pragma once
// Bytes and borrowed views of them, network byte order (RFC 8489 section 5: big-endian), and hexadecimal for tests.

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace net {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

// Reads; the caller has checked that the bytes are there.
[[nodiscard]] constexpr std::uint16_t get_u16(BytesView at) { return static_cast<std::uint16_t>((at[0] << 8) | at[1]); }
[[nodiscard]] constexpr std::uint32_t get_u32(BytesView at) {
  return (std::uint32_t{get_u16(at)} << 16) | get_u16(at.subspan(2));
}
[[nodiscard]] constexpr std::uint64_t get_u64(BytesView at) {
  return (std::uint64_t{get_u32(at)} << 32) | get_u32(at.subspan(4));
}

template <std::size_t Size>
[[nodiscard]] constexpr std::array<std::uint8_t, Size> big_endian(std::uint64_t value) {
  static_assert(Size == 2 || Size == 4 || Size == 8);
  if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap64(value) >> (64 - 8 * Size);
  using Word =
      std::conditional_t<Size == 2, std::uint16_t, std::conditional_t<Size == 4, std::uint32_t, std::uint64_t>>;
  return std::bit_cast<std::array<std::uint8_t, Size>>(static_cast<Word>(value));
}
constexpr auto u16_bytes = [](std::uint16_t value) { return big_endian<2>(value); };
constexpr auto u32_bytes = [](std::uint32_t value) { return big_endian<4>(value); };
constexpr auto u64_bytes = [](std::uint64_t value) { return big_endian<8>(value); };

void append(Bytes& to, BytesView more);

[[nodiscard]] BytesView as_bytes(std::string_view text);
[[nodiscard]] std::string_view as_text(BytesView bytes);

[[nodiscard]] std::string to_hex(BytesView bytes);
// Pairs of hexadecimal digits; blanks are skipped. Anything else: an assertion, so for literals and vectors only.
[[nodiscard]] Bytes from_hex(std::string_view hex);

}  // namespace net
