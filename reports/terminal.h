#pragma once
// Text on its way to a terminal: control characters made visible, columns counted in characters, colour when asked.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reports {

enum class Ink : std::uint8_t { Plain, Color };  // Color: ANSI escapes

// Control characters (C0, DEL, C1), line and paragraph separators and bidirectional overrides as \n, \t, \x1B, \u202E;
// bytes that are not UTF-8 as \xFF. What is left is one line and moves no cursor.
[[nodiscard]] std::string printable(std::string_view text);

// Code points: what a fixed-width terminal needs for the scripts we print.
[[nodiscard]] std::size_t columns(std::string_view text);
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);     // on the right, with blanks
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);  // the end replaced by an ellipsis

// Columns as wide as their widest cell, two blanks before each; nothing is padded at the end of a line.
using TextRow = std::vector<std::string>;
[[nodiscard]] std::string text_table(const std::vector<TextRow>& rows);

enum class Tone : std::uint8_t { Bold, Dim, Good, Doubtful, Bad };
[[nodiscard]] std::string inked(std::string_view text, Tone tone, Ink ink);

}  // namespace reports
