#include "reports/html_escape.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "reports/terminal.h"
#include "reports/utf8.h"

namespace reports {
namespace {

std::string with_references(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

// XML 1.0 section 2.2: what a document may not hold in any form.
bool forbidden_in_xml(char32_t c) {
  return (c < 0x20 && c != U'\t' && c != U'\n' && c != U'\r') || c == 0xFFFE || c == 0xFFFF;
}

}  // namespace

std::string html_escaped(std::string_view text) { return with_references(printable(text)); }

std::string ascii_html(std::string_view page) {
  std::string out;
  out.reserve(page.size());
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  while (!page.empty()) {
    const auto foreign = std::ranges::find_if_not(page, is_ascii);
    const auto after = std::find_if(foreign, page.end(), is_ascii);
    out.append(page.begin(), foreign);
    for (const utf8::Piece& piece : utf8::pieces({foreign, after})) {
      out += fmt::format("&#{};", static_cast<std::uint32_t>(piece.code_point.value_or(U'\uFFFD')));
    }
    page.remove_prefix(static_cast<std::size_t>(after - page.begin()));
  }
  return out;
}

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const utf8::Piece& piece : utf8::pieces(text)) {
    const bool fits = piece.code_point && !forbidden_in_xml(*piece.code_point);
    out += fits ? with_references(piece.bytes) : "\uFFFD";
  }
  return out;
}

}  // namespace reports
