// How long pairs took to connect: the medians of all pairs that did, over a logarithmic axis.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "reports/html_parts.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

constexpr std::size_t fewest_times = 6;  // for fewer the cells say it
constexpr double bins_a_decade = 12;

// User units.
constexpr double chart_width = 1000;
constexpr double chart_height = 190;
constexpr double chart_floor = 160;
constexpr double chart_top = 18;

std::vector<double> medians_of(const traversal::Matrix& matrix) {
  std::vector<double> out;
  for (const auto& pair : matrix.pairs) {
    if (pair.connect) out.push_back(std::max(0.01, net::to_ms(pair.connect->median)));
  }
  std::sort(out.begin(), out.end());
  return out;
}

int bin_of(double ms) { return static_cast<int>(std::floor(std::log10(ms) * bins_a_decade + 1e-9)); }
double edge_of(int bin) { return std::pow(10, bin / bins_a_decade); }

std::string time_words(double ms) {
  return duration_words(std::chrono::duration_cast<net::Duration>(std::chrono::duration<double, std::milli>(ms)));
}

// "20 ms", "0.5 ms", "2 s"
std::string tick_words(double ms) { return ms < 1000 ? fmt::format("{:g} ms", ms) : fmt::format("{:g} s", ms / 1000); }

struct Histogram {
  int first = 0;  // bin
  std::vector<std::size_t> counts;

  [[nodiscard]] double x(double ms) const {
    return (std::log10(ms) * bins_a_decade - first) * chart_width / static_cast<double>(counts.size());
  }
};

// At least half a decade, so that one narrow peak is not stretched over the whole chart.
Histogram histogram(const std::vector<double>& sorted) {
  constexpr int least_bins = 6;
  Histogram out{.first = bin_of(sorted.front()) - 1};
  const int bins = std::max(bin_of(sorted.back()) + 2 - out.first, least_bins);
  out.counts.resize(static_cast<std::size_t>(bins));
  for (const double ms : sorted) ++out.counts[static_cast<std::size_t>(bin_of(ms) - out.first)];
  return out;
}

std::string bars(const Histogram& times) {
  const auto most = static_cast<double>(*std::max_element(times.counts.begin(), times.counts.end()));
  const double width = chart_width / static_cast<double>(times.counts.size());
  std::string out;
  for (std::size_t i = 0; i < times.counts.size(); ++i) {
    if (times.counts[i] == 0) continue;
    const int bin = times.first + static_cast<int>(i);
    const double height = std::max(2.0, (chart_floor - chart_top) * static_cast<double>(times.counts[i]) / most);
    out += fmt::format(
        R"(<rect class="share" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{} to {}: {} {}</title></rect>)",
        width * static_cast<double>(i) + 1, chart_floor - height, std::max(1.0, width - 2), height,
        time_words(edge_of(bin)), time_words(edge_of(bin + 1)), times.counts[i],
        times.counts[i] == 1 ? "pair" : "pairs");
  }
  return out;
}

// A narrow range has more of them, so that at least three have their place.
std::vector<double> steps_of(const Histogram& times) {
  constexpr std::size_t few_bins = 12;
  if (times.counts.size() > few_bins) return {1, 2, 5};
  return {1, 1.5, 2, 3, 4, 5, 7};
}

std::string axis(const Histogram& times) {
  const std::vector<double> steps = steps_of(times);
  std::string out = fmt::format(R"(<path class="rule" d="M0 {0}H{1}"/>)", chart_floor, chart_width);
  for (double decade = 0.01; decade < 1e6; decade *= 10) {
    for (const double step : steps) {
      const double x = times.x(decade * step);
      if (x < 0 || x > chart_width) continue;
      const std::string_view anchor = x < 20 ? "start" : x > chart_width - 20 ? "end" : "middle";
      out += fmt::format(
          R"(<path class="rule" d="M{0:.1f} {1}v5"/><text class="small" text-anchor="{2}" x="{0:.1f}" y="{3}">{4}</text>)",
          x, chart_floor, anchor, chart_floor + 20, tick_words(decade * step));
    }
  }
  return out;
}

std::string quantile_words(const std::vector<double>& sorted) {
  const auto at = [&](double share) {
    return time_words(sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]);
  };
  return fmt::format("{} pairs: half within {}, nine in ten within {}, the slowest {}.", grouped(sorted.size()),
                     at(0.5), at(0.9), time_words(sorted.back()));
}

}  // namespace

std::string times_section(const traversal::Matrix& matrix) {
  const std::vector<double> sorted = medians_of(matrix);
  if (sorted.size() < fewest_times) return {};
  const Histogram times = histogram(sorted);
  const std::string words = quantile_words(sorted);
  return fmt::format(R"(<h2>Time to connect</h2>
<div class="card"><figure class="chart good"><svg viewBox="0 0 {} {}" role="img" aria-label="Pairs by their median time to connect. {}">{}{}</svg><figcaption>Pairs by their median time to connect. {}</figcaption></figure></div>
)",
                     chart_width, chart_height, words, bars(times), axis(times), words);
}

}  // namespace reports
