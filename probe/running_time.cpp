#include "probe/running_time.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <vector>

#include "probe/discovery.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

struct Typical {
  std::string_view discovery;
  net::Duration ordinary;
  net::Duration full;
};
// What is not here takes a few round trips.
constexpr std::array typical = {
    Typical{"lifetime", 6min, 6min}, Typical{"layers", 2min, 2min},     Typical{"determinism", 60s, 60s},
    Typical{"allocation", 2s, 20s},  Typical{"port-mapping", 15s, 15s}, Typical{"unsolicited", 10s, 10s},
    Typical{"path-mtu", 10s, 10s},   Typical{"icmp", 10s, 10s},         Typical{"fragments", 5s, 5s},
};
constexpr net::Duration few_round_trips = 2s;
constexpr net::Duration worth_saying = 5s;

std::string rough_words(net::Duration duration) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
  return seconds >= 120 ? fmt::format("{} min", (seconds + 59) / 60) : fmt::format("{} s", seconds);
}

}  // namespace

net::Duration typical_duration(std::string_view discovery, bool full) {
  const auto found =
      std::find_if(typical.begin(), typical.end(), [&](const Typical& row) { return row.discovery == discovery; });
  if (found == typical.end()) return few_round_trips;
  return full ? found->full : found->ordinary;
}

net::Duration estimate(const Wanted& wanted, bool full) {
  net::Duration longest = few_round_trips;
  for (const Discovery& discovery : catalog()) {
    if (wanted(discovery.name)) longest = std::max(longest, typical_duration(discovery.name, full));
  }
  return longest;
}

std::string estimate_words(const Wanted& wanted, bool full) {
  std::vector<std::string_view> slow;
  for (const Discovery& discovery : catalog()) {
    if (wanted(discovery.name) && typical_duration(discovery.name, full) >= worth_saying)
      slow.push_back(discovery.name);
  }
  if (slow.empty()) return {};
  std::stable_sort(slow.begin(), slow.end(), [&](std::string_view a, std::string_view b) {
    return typical_duration(a, full) > typical_duration(b, full);
  });
  std::string out = fmt::format("about {}: ", rough_words(estimate(wanted, full)));
  for (const std::string_view name : slow) {
    out += fmt::format("{}{} {}", name == slow.front() ? "" : ", ", name, rough_words(typical_duration(name, full)));
  }
  return out;
}

}  // namespace probe
