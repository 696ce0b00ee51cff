#pragma once
// How far a share that was counted may lie from the true one: 95 % intervals.

#include <cstddef>
#include <string>
#include <vector>

namespace reports {

struct Interval {
  double low = 0;
  double high = 1;
  friend bool operator==(const Interval&, const Interval&) = default;
};
[[nodiscard]] std::string interval_text(const Interval& interval);  // "61.0 % to 65.1 %"
[[nodiscard]] std::string percent_of(double share);                 // "63.1 %"

// Of a share counted in `trials` independent trials (Wilson 1927). Stays within 0 and 1, and is no point at 0 or 1.
[[nodiscard]] Interval wilson(double share, double trials);

// Of a share of the pairs of hosts that were drawn one by one. Pairs that have a host in common are not independent, so
// it is the hosts that are counted: the variance is that of leaving out each host in turn (the jackknife; Arvesen
// 1969), and the interval Wilson's for as many independent pairs as would vary as much. `successes` are those of each
// host's pairs.
[[nodiscard]] Interval over_hosts(const std::vector<std::size_t>& successes);

}  // namespace reports
