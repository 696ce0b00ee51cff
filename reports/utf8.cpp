#include "reports/utf8.h"

#include <array>

namespace reports::utf8 {
namespace {

// The shape of a sequence by its first byte: bits that mark it, how many bytes, and the least value not overlong.
struct Shape {
  unsigned char mask;
  unsigned char mark;
  std::size_t size;
  char32_t least;
};
constexpr std::array shapes = {
    Shape{0x80, 0x00, 1, 0x0},
    Shape{0xE0, 0xC0, 2, 0x80},
    Shape{0xF0, 0xE0, 3, 0x800},
    Shape{0xF8, 0xF0, 4, 0x10000},
};

std::optional<char32_t> decode(std::string_view text, const Shape& shape) {
  if (text.size() < shape.size) return std::nullopt;
  char32_t value = static_cast<unsigned char>(text[0]) & static_cast<unsigned char>(~shape.mask);
  for (std::size_t i = 1; i < shape.size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    value = (value << 6) | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < shape.least || value > 0x10FFFF || surrogate) return std::nullopt;
  return value;
}

Piece first_piece(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  for (const Shape& shape : shapes) {
    if ((lead & shape.mask) != shape.mark) continue;
    if (const auto value = decode(text, shape)) return {text.substr(0, shape.size), value};
  }
  return {text.substr(0, 1), std::nullopt};
}

struct Range {
  char32_t first;
  char32_t last;
};
constexpr std::array invisible_ranges = {
    Range{0x00, 0x1F},     Range{0x7F, 0x9F},     Range{0xAD, 0xAD},     Range{0x061C, 0x061C}, Range{0x200B, 0x200F},
    Range{0x2028, 0x202E}, Range{0x2060, 0x2069}, Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F},
};

}  // namespace

std::vector<Piece> pieces(std::string_view text) {
  std::vector<Piece> out;
  while (!text.empty()) {
    out.push_back(first_piece(text));
    text.remove_prefix(out.back().bytes.size());
  }
  return out;
}

bool invisible(char32_t code_point) {
  for (const Range& range : invisible_ranges) {
    if (code_point >= range.first && code_point <= range.last) return true;
  }
  return false;
}

}  // namespace reports::utf8
