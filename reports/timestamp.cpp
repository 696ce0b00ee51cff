#include "reports/timestamp.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace reports {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hh_mm_ss;
using std::chrono::milliseconds;
using std::chrono::year_month_day;

struct Split {
  year_month_day date;
  hh_mm_ss<milliseconds> clock;
};

Split split(Moment moment) {
  const auto day = floor<days>(moment);
  return {year_month_day(day), hh_mm_ss<milliseconds>(floor<milliseconds>(moment - day))};
}

// Digits of fixed width, taken off the front of `text`; empty when there is anything else.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return std::chrono::nanoseconds(0);
  const std::size_t width = std::min(text.find('Z'), text.size());
  if (width < 1 || width > 9) return std::nullopt;
  const auto value = take_digits(text, width);
  if (!value) return std::nullopt;
  std::int64_t scaled = *value;
  for (std::size_t i = width; i < 9; ++i) scaled *= 10;
  return std::chrono::nanoseconds(scaled);
}

}  // namespace

std::string timestamp(Moment moment) {
  const Split at = split(moment);
  const auto fraction = at.clock.subseconds().count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(at.date.year()),
                     static_cast<unsigned>(at.date.month()), static_cast<unsigned>(at.date.day()),
                     at.clock.hours().count(), at.clock.minutes().count(), at.clock.seconds().count(),
                     fraction == 0 ? std::string() : fmt::format(".{:03}", fraction));
}

std::string date_words(Moment moment) {
  constexpr std::array months = {"January", "February", "March",     "April",   "May",      "June",
                                 "July",    "August",   "September", "October", "November", "December"};
  const Split at = split(moment);
  return fmt::format("{} {} {}, {:02}:{:02} UTC", static_cast<unsigned>(at.date.day()),
                     months[static_cast<unsigned>(at.date.month()) - 1], static_cast<int>(at.date.year()),
                     at.clock.hours().count(), at.clock.minutes().count());
}

std::optional<Moment> parse_timestamp(std::string_view text) {
  // Each number and the mark that must follow it; the second is followed by its fraction.
  std::array<unsigned, 6> fields{};
  constexpr std::array<std::size_t, 6> widths = {4, 2, 2, 2, 2, 2};
  constexpr std::string_view marks = "--T::";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto field = take_digits(text, widths[i]);
    if (!field || (i < marks.size() && !take(text, marks[i]))) return std::nullopt;
    fields[i] = *field;
  }
  const auto fraction = take_fraction(text);
  if (!fraction || text != "Z") return std::nullopt;
  const auto [year, month, day, hour, minute, second] = fields;
  const year_month_day date{std::chrono::year(static_cast<int>(year)), std::chrono::month(month),
                            std::chrono::day(day)};
  // system_clock counts nanoseconds in 64 bits: the years 1678 to 2262.
  if (!date.ok() || year < 1700 || year > 2200 || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + *fraction;
}

}  // namespace reports
