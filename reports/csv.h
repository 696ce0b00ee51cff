#pragma once
// Comma-separated values as RFC 4180 has them, lines ended by a line feed alone. Every cell may be foreign text:
//
// - control characters are shown as escapes (\n, \x1B), so a cell is one line and moves no cursor;
// - a cell that a spreadsheet would take for a formula (= + - @, also in full width, also behind blanks) gets an
//   apostrophe in front, unless it is a number.

#include <string>
#include <string_view>
#include <vector>

namespace reports {

using CsvRow = std::vector<std::string>;

[[nodiscard]] std::string csv_cell(std::string_view text);
[[nodiscard]] std::string csv_line(const CsvRow& cells);

}  // namespace reports
