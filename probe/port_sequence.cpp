#include "probe/port_sequence.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace probe {
namespace {

constexpr double smallest_range = 64;
constexpr int most_missing = 4096;  // a multiple so large is no step of a sequence any more

double log_binomial(std::size_t n, std::size_t k) {
  const auto log_factorial = [](std::size_t m) { return std::lgamma(static_cast<double>(m) + 1); };
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

// That `hits` of `n` steps are of a kind each has with this chance; the first of them said which kind.
double chance_of_hits(std::size_t n, std::size_t hits, double each) {
  if (hits < 2) return 1;
  return std::min(1.0, std::exp(log_binomial(n, hits) + static_cast<double>(hits - 1) * std::log(std::min(each, 1.0))));
}

PortSteps negated(PortSteps steps) {
  std::transform(steps.begin(), steps.end(), steps.begin(), std::negate<>());
  return steps;
}

// For each size of step: so many steps are upward and at most of that size.
double chance_of_small_steps(const PortSteps& steps, double range) {
  PortSteps upward;
  std::copy_if(steps.begin(), steps.end(), std::back_inserter(upward), [](int step) { return step > 0; });
  std::sort(upward.begin(), upward.end());
  double least = 1;
  for (std::size_t i = 0; i < upward.size(); ++i) {
    least = std::min(least, chance_of_hits(steps.size(), i + 1, upward[i] / range));
  }
  return least * static_cast<double>(std::max<std::size_t>(1, upward.size()));
}

double chance_of_equal_steps(const PortSteps& steps, double range) {
  std::map<int, std::size_t> times;
  for (const int step : steps) ++times[step];
  double least = 1;
  for (const auto& [step, hits] : times) {
    if (step != 0) least = std::min(least, chance_of_hits(steps.size(), hits, 1 / range));
  }
  return least * static_cast<double>(std::max<std::size_t>(1, times.size()));
}

unsigned descents(const std::vector<std::uint16_t>& ports) {
  unsigned out = 0;
  for (std::size_t i = 1; i < ports.size(); ++i) out += ports[i] < ports[i - 1] ? 1U : 0U;
  return out;
}

std::optional<int> common_step_upward(const PortSteps& upward, std::size_t of) {
  std::vector<int> candidates = upward;
  for (std::size_t i = 1; i < upward.size(); ++i) candidates.push_back(std::gcd(upward[i - 1], upward[i]));
  std::sort(candidates.rbegin(), candidates.rend());
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  for (const int candidate : candidates) {
    const auto multiples = std::count_if(upward.begin(), upward.end(), [&](int step) {
      return step % candidate == 0 && step / candidate <= most_missing;
    });
    if (10 * static_cast<std::size_t>(multiples) >= 9 * of) return candidate;
  }
  return std::nullopt;
}

}  // namespace

std::optional<int> common_step(const PortSteps& steps) {
  PortSteps upward;
  PortSteps downward;
  for (const int step : steps) {
    if (step > 0) upward.push_back(step);
    if (step < 0) downward.push_back(-step);
  }
  const bool falls = downward.size() > upward.size();
  const PortSteps& along = falls ? downward : upward;
  if (along.empty()) return std::nullopt;
  const int step = common_step_upward(along, along.size()).value_or(1);
  return falls ? -step : step;
}

double chance_of_steps(const PortSteps& steps, double range) {
  range = std::max(range, smallest_range);
  const double upward = chance_of_small_steps(steps, range);
  const double downward = chance_of_small_steps(negated(steps), range);
  return std::min(1.0, 3 * std::min({upward, downward, chance_of_equal_steps(steps, range)}));
}

unsigned turns(const std::vector<std::uint16_t>& ports) {
  if (ports.size() < 2) return 0;
  const unsigned down = descents(ports);
  return std::min(down, static_cast<unsigned>(ports.size()) - 1 - down);
}

// Of n! orders 1 has no descent and 2^n - n - 1 have one (Euler's numbers); the same again for the other direction.
double chance_of_order(const std::vector<std::uint16_t>& ports) {
  const auto n = static_cast<double>(ports.size());
  const unsigned turned = turns(ports);
  if (ports.size() < 3 || turned > 1) return 1;
  const double orders = turned == 0 ? 1 : std::exp2(n) - n;
  return std::min(1.0, 2 * orders * std::exp(-std::lgamma(n + 1)));
}

double entropy(const PortSteps& steps) {
  std::map<int, double> times;
  for (const int step : steps) ++times[step];
  double out = 0;
  for (const auto& [step, count] : times) {
    const double share = count / static_cast<double>(steps.size());
    out -= share * std::log2(share);
  }
  return out;
}

}  // namespace probe
