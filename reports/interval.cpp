#include "reports/interval.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace reports {
namespace {

constexpr double z = 1.959964;  // of the normal distribution, 2.5 % on each side

}  // namespace

std::string percent_of(double share) { return fmt::format("{:.1f} %", 100 * share); }

std::string interval_text(const Interval& interval) {
  return fmt::format("{} to {}", percent_of(interval.low), percent_of(interval.high));
}

Interval wilson(double share, double trials) {
  if (!(trials > 0)) return {};
  const double weight = z * z / trials;
  const double middle = (share + weight / 2) / (1 + weight);
  const double reach = z / (1 + weight) * std::sqrt(share * (1 - share) / trials + weight / (4 * trials));
  return {std::max(middle - reach, 0.0), std::min(middle + reach, 1.0)};
}

Interval over_hosts(const std::vector<std::size_t>& successes) {
  if (successes.size() < 2) return {};
  const auto hosts = static_cast<double>(successes.size());
  const double pairs = hosts * (hosts - 1) / 2;
  const double connected = std::accumulate(successes.begin(), successes.end(), 0.0) / 2;
  const double share = connected / pairs;
  const double apart = std::floor(hosts / 2);  // so many pairs have no host in common
  if (hosts < 3 || share == 0 || share == 1) return wilson(share, apart);

  const double pairs_left = (hosts - 1) * (hosts - 2) / 2;  // without one host
  const double mean = (connected - 2 * connected / hosts) / pairs_left;
  double squares = 0;
  for (const std::size_t own : successes) {
    squares += std::pow((connected - static_cast<double>(own)) / pairs_left - mean, 2);
  }
  const double variance = squares * (hosts - 1) / hosts;
  return wilson(share, std::min(share * (1 - share) / variance, pairs));
}

}  // namespace reports
