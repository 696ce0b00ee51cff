#include "reports/markdown.h"

#include <fmt/core.h>

#include "reports/terminal.h"

namespace reports {
namespace {

// Every punctuation mark of ASCII as a character reference: no renderer takes one of these for syntax.
std::string all_referenced(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte >= 0x80 || c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    out += plain ? std::string(1, c) : fmt::format("&#{};", byte);
  }
  return out;
}

}  // namespace

// A span in backticks may hold anything but what ends it, and what a table's row takes for the end of a cell.
std::string markdown_code(std::string_view text) {
  if (text.empty()) return {};
  const std::string shown = printable(text);
  const bool blank_outside = shown.front() == ' ' || shown.back() == ' ';
  if (blank_outside || shown.find_first_of("`|\\") != std::string::npos) {
    return "<code>" + all_referenced(shown) + "</code>";
  }
  return "`" + shown + "`";
}

std::string markdown_table(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out += "|";
    for (const std::string& cell : rows[i]) out += " " + cell + " |";
    out += "\n";
    if (i > 0) continue;
    out += "|";
    for (std::size_t column = 0; column < rows[i].size(); ++column) out += " --- |";
    out += "\n";
  }
  return out + "\n";
}

std::string to_markdown(const std::vector<NamedDocument>& documents) {
  std::string out;
  for (const auto& [name, document] : documents) {
    if (documents.size() > 1) out += fmt::format("# {}\n\n", markdown_code(name));
    out += std::visit([](const auto& content) { return to_markdown(content); }, document);
  }
  return out;
}

}  // namespace reports
