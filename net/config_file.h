#pragma once
// The configuration file of all programs: `option = value` lines, where option is a long option's name without dashes.
// Blank lines and lines that begin with # are passed over. A value goes to the end of its line, without quotes; flags
// take true or false; a repeatable option may have several lines.

#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.h"

namespace net {

inline constexpr std::size_t max_config_size = 64 * 1024;

struct Setting {
  std::string key;
  std::string value;
  std::string place;  // "FILE:LINE", for errors
};

// The error names file and line: "probe.conf:3: not an `option = value` line".
[[nodiscard]] Result<std::vector<Setting>, std::string> parse_config(std::istream& text, std::string_view file);

}  // namespace net
