#include "stun/error_attributes.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cassert>

#include "net/byte_room.h"

namespace stun {
namespace {

constexpr std::size_t longest_shown = 127;

struct CodePoint {
  std::uint32_t value;
  std::size_t size;  // 0: not UTF-8 here
};

std::size_t sequence_size(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

CodePoint code_point_at(net::BytesView text) {
  const std::size_t size = sequence_size(text[0]);
  if (size == 0 || size > text.size()) return {text[0], 0};
  if (size == 1) return {text[0], 1};
  std::uint32_t value = text[0] & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((text[i] & 0xC0) != 0x80) return {text[0], 0};
    value = (value << 6) | (text[i] & 0x3FU);
  }
  constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  return value < least[size] || value > 0x10FFFF || surrogate ? CodePoint{text[0], 0} : CodePoint{value, size};
}

// What a terminal, a log or a reader could be misled by: control and format characters (Unicode categories Cc, Cf, Zl,
// Zp), and the backslash, so that an escape is always ours.
struct Range {
  std::uint32_t first;
  std::uint32_t last;
};
constexpr std::array escaped_ranges = {
    Range{0x0000, 0x001F}, Range{0x005C, 0x005C}, Range{0x007F, 0x009F},   Range{0x00AD, 0x00AD},
    Range{0x0600, 0x0605}, Range{0x061C, 0x061C}, Range{0x06DD, 0x06DD},   Range{0x070F, 0x070F},
    Range{0x180E, 0x180E}, Range{0x200B, 0x200F}, Range{0x2028, 0x202E},   Range{0x2060, 0x206F},
    Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE007F},
};

bool printable(std::uint32_t value) {
  return std::none_of(escaped_ranges.begin(), escaped_ranges.end(),
                      [value](const Range& range) { return value >= range.first && value <= range.last; });
}

}  // namespace

std::optional<ErrorCode> ErrorCode::parse(net::BytesView value, const TransactionId&) {
  if (value.size() < 4) return std::nullopt;
  const unsigned hundreds = value[2] & 7U;
  const unsigned number = value[3];
  if (hundreds < 3 || hundreds > 6 || number > 99) return std::nullopt;
  return ErrorCode{static_cast<std::uint16_t>(hundreds * 100 + number), std::string(net::as_text(value.subspan(4)))};
}

template <typename Out>
void ErrorCode::serialize(Out& out, const TransactionId&) const {
  assert(code >= 300 && code <= 699);
  net::append(out, net::u32_bytes(code / 100U * 256U + code % 100U));
  net::append(out, net::as_bytes(reason));
}
template void ErrorCode::serialize(net::Bytes&, const TransactionId&) const;
template void ErrorCode::serialize(net::ByteRoom&, const TransactionId&) const;

std::optional<UnknownAttributes> UnknownAttributes::parse(net::BytesView value, const TransactionId&) {
  if (value.size() % 2 != 0) return std::nullopt;
  UnknownAttributes out;
  for (std::size_t at = 0; at < value.size(); at += 2) out.types.push_back(net::get_u16(value.subspan(at)));
  return out;
}

void UnknownAttributes::serialize(net::Bytes& out, const TransactionId&) const {
  for (const std::uint16_t type_number : types) net::append(out, net::u16_bytes(type_number));
}

std::string shown(std::string_view text) {
  std::string out;
  net::BytesView rest = net::as_bytes(text);
  for (std::size_t characters = 0; !rest.empty() && characters < longest_shown; ++characters) {
    const CodePoint point = code_point_at(rest);
    const std::size_t size = point.size == 0 ? 1 : point.size;
    if (point.size == 0) {
      out += fmt::format("\\x{:02x}", point.value);
    } else if (!printable(point.value)) {
      out += fmt::format("\\u{{{:04x}}}", point.value);
    } else {
      out += net::as_text(rest.first(size));
    }
    rest = rest.subspan(size);
  }
  return out;
}

}  // namespace stun
