#include "reports/csv.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "reports/terminal.h"

namespace reports {
namespace {

constexpr std::array<std::string_view, 8> formula_signs = {"=", "+", "-", "@", "\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};

bool is_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return error == std::errc{} && end == text.data() + text.size() &&
         text.find_first_not_of("-.0123456789") == text.npos;
}

bool looks_like_formula(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \u00A0'\""), text.size()));
  return std::any_of(formula_signs.begin(), formula_signs.end(),
                     [&](std::string_view sign) { return text.starts_with(sign); });
}

std::string quoted_cell(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string shown = printable(text);
  if (looks_like_formula(shown) && !is_number(shown)) shown.insert(0, 1, '\'');
  return shown.find_first_of(",\";") == std::string::npos ? shown : quoted_cell(shown);
}

std::string csv_line(const CsvRow& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : ",") + csv_cell(cells[i]);
  return out + "\n";
}

}  // namespace reports
