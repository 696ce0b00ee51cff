#pragma once
// Moments as RFC 3339 text in UTC: "2026-11-22T10:00:00Z", with three digits of a second only when there are any.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace reports {

using Moment = std::chrono::system_clock::time_point;

[[nodiscard]] std::string timestamp(Moment moment);
// For a person: "22 November 2026, 10:00 UTC".
[[nodiscard]] std::string date_words(Moment moment);
// Years 1700 to 2200; 1 to 9 digits of a second; "Z" only.
[[nodiscard]] std::optional<Moment> parse_timestamp(std::string_view text);

}  // namespace reports
