#include "reports/html_escape.h"

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

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (const utf8::Piece& piece : utf8::pieces(text)) {
    const bool fits = piece.code_point && !forbidden_in_xml(*piece.code_point);
    out += fits ? with_references(piece.bytes) : "\uFFFD";
  }
  return out;
}

}  // namespace reports
