#include "reports/terminal.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "reports/utf8.h"

namespace reports {
namespace {

std::string escaped(const utf8::Piece& piece) {
  if (!piece.code_point) return fmt::format("\\x{:02X}", static_cast<unsigned char>(piece.bytes.front()));
  const char32_t c = *piece.code_point;
  if (c == U'\n') return "\\n";
  if (c == U'\t') return "\\t";
  if (c == U'\r') return "\\r";
  return c < 0x100 ? fmt::format("\\x{:02X}", static_cast<std::uint32_t>(c))
                   : fmt::format("\\u{:04X}", static_cast<std::uint32_t>(c));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (const utf8::Piece& piece : utf8::pieces(text)) {
    if (piece.code_point && !utf8::invisible(*piece.code_point)) {
      out += piece.bytes;
    } else {
      out += escaped(piece);
    }
  }
  return out;
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string(text) + std::string(used < width ? width - used : 0, ' ');
}

std::string shortened(std::string_view text, std::size_t width) {
  if (columns(text) <= width) return std::string(text);
  std::string out;
  for (const utf8::Piece& piece : utf8::pieces(text)) {
    if (columns(out) + 1 >= width) break;
    out += piece.bytes;
  }
  return out + "…";
}

std::string text_table(const std::vector<TextRow>& rows) {
  std::vector<std::size_t> widths;
  for (const TextRow& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::string out;
  for (const TextRow& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += "  " + padded(row[i], widths[i]);
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string inked(std::string_view text, Tone tone, Ink ink) {
  if (ink == Ink::Plain) return std::string(text);
  // Blue, amber (yellow) and red, as on the page; never colour alone.
  constexpr std::array<std::string_view, 5> codes = {"1", "2", "34", "33", "31"};
  return fmt::format("\x1B[{}m{}\x1B[0m", codes[static_cast<std::size_t>(tone)], text);
}

}  // namespace reports
