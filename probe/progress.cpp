#include "probe/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "probe/log_reading.h"

namespace probe {
namespace {

constexpr net::Duration worth_estimating = std::chrono::seconds(5);

std::vector<std::string_view> still_waiting(const ObservationLog& log) {
  std::vector<std::string_view> names;
  for (const Observation& seen : log) {
    const std::string_view name = seen.query.discovery;
    if (!settled(seen) && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

std::int64_t seconds_of(net::Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

std::string progress_words(const ObservationLog& log, net::Duration elapsed, net::Duration estimated) {
  std::string out = fmt::format("{} s", seconds_of(elapsed));
  if (estimated > elapsed && estimated > worth_estimating) out += fmt::format(" of about {} s", seconds_of(estimated));
  const auto waiting = still_waiting(log);
  return waiting.empty() ? out : fmt::format("{}: {}", out, fmt::join(waiting, ", "));
}

}  // namespace probe
