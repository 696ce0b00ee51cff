#include "net/duration_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace net {
namespace {

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array units{
    // the longest first, for printing
    Unit{"h", std::chrono::hours(1)},         Unit{"m", std::chrono::minutes(1)},
    Unit{"s", std::chrono::seconds(1)},       Unit{"ms", std::chrono::milliseconds(1)},
    Unit{"us", std::chrono::microseconds(1)}, Unit{"ns", std::chrono::nanoseconds(1)},
};
constexpr Duration longest = std::chrono::hours(366 * 24);

Unexpected<std::string> malformed(std::string_view text) {
  return Unexpected<std::string>("'" + std::string(text) + "' is not a duration (like 500ms, 5s, 2m, 1h)");
}

}  // namespace

Result<Duration, std::string> parse_duration(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || std::signbit(number)) return malformed(text);

  const std::string_view suffix = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : units) {
    if (unit.name != (suffix.empty() ? "s" : suffix)) continue;
    const double ns = number * static_cast<double>(unit.length.count());
    if (ns > static_cast<double>(longest.count())) {
      return Unexpected<std::string>("'" + std::string(text) + "' is longer than 366 days");
    }
    return Duration(std::llround(ns));
  }
  return malformed(text);
}

std::string to_string(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  for (const Unit& unit : units) {
    if (duration % unit.length == Duration::zero()) {
      return std::to_string(duration / unit.length) + std::string(unit.name);
    }
  }
  return {};  // not reached: every duration is a number of nanoseconds
}

}  // namespace net
