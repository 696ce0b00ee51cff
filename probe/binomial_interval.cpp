#include "probe/binomial_interval.h"

#include <cmath>

namespace probe {
namespace {

constexpr double tail = 0.025;  // on each side

// That at least `hits` of `trials` succeed.
double at_least(std::size_t hits, std::size_t trials, double share) {
  if (hits == 0 || share >= 1) return 1;
  if (share <= 0) return 0;
  const auto n = static_cast<double>(trials);
  double sum = 0;
  for (std::size_t i = hits; i <= trials; ++i) {
    const auto k = static_cast<double>(i);
    const double ways = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
    sum += std::exp(ways + k * std::log(share) + (n - k) * std::log1p(-share));
  }
  return sum;
}

// The share at which that chance is `wanted`: it rises with the share.
double share_where(std::size_t hits, std::size_t trials, double wanted) {
  double low = 0;
  double high = 1;
  for (int halvings = 0; halvings < 40; ++halvings) {
    const double middle = (low + high) / 2;
    (at_least(hits, trials, middle) < wanted ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

ShareInterval exact_interval(std::size_t hits, std::size_t trials) {
  ShareInterval out;
  if (hits > 0) out.low = share_where(hits, trials, tail);
  if (hits < trials) out.high = share_where(hits + 1, trials, 1 - tail);
  return out;
}

}  // namespace probe
