#pragma once
// Durations as people write them: "500ms", "5s", "2m", "1.5h", "20us"; a bare number is seconds.

#include <string>
#include <string_view>

#include "net/result.h"
#include "net/time.h"

namespace net {

// Zero or more, at most 366 days; the error says what is wrong, ready to print.
[[nodiscard]] Result<Duration, std::string> parse_duration(std::string_view text);

// The shortest exact form: "500ms", "5s", "2m".
[[nodiscard]] std::string to_string(Duration duration);

}  // namespace net
