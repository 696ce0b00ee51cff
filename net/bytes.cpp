#include "net/bytes.h"

#include <cassert>
#include <cctype>

namespace net {

void append(Bytes& to, BytesView more) { to.insert(to.end(), more.begin(), more.end()); }

BytesView as_bytes(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string_view as_text(BytesView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string to_hex(BytesView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

Bytes from_hex(std::string_view hex) {
  Bytes out;
  int high = -1;
  for (const char c : hex) {
    if (std::isspace(static_cast<unsigned char>(c)) != 0) continue;
    assert(std::isxdigit(static_cast<unsigned char>(c)) != 0);
    const int lower = std::tolower(static_cast<unsigned char>(c));
    const int digit = lower >= 'a' ? lower - 'a' + 10 : lower - '0';
    if (high < 0) {
      high = digit;
    } else {
      out.push_back(static_cast<std::uint8_t>((high << 4) | digit));
      high = -1;
    }
  }
  assert(high < 0);
  return out;
}

}  // namespace net
