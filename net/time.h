#pragma once
// Time as an argument. There is no now() here: only a driver (real clock) or the simulator (virtual clock) makes a
// TimePoint, everything else is handed one. TimePoints are monotonic; wall-clock time is a field of reports only.

#include <chrono>

namespace net {

using Duration = std::chrono::nanoseconds;

// The monotonic time line of one run: a driver maps it to steady_clock, the simulator counts it from zero.
struct MonotonicTimeLine {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicTimeLine>;
  static constexpr bool is_steady = true;
};

using TimePoint = std::chrono::time_point<MonotonicTimeLine, Duration>;

[[nodiscard]] constexpr double to_ms(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }
[[nodiscard]] constexpr double to_seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace net
