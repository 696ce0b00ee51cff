#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Matrix;

// A share as a bar; the figure above it says the same.
std::string bar(const Ratio& ratio) {
  const double share =
      ratio.whole == 0 ? 0 : 100.0 * static_cast<double>(ratio.part) / static_cast<double>(ratio.whole);
  return fmt::format(
      R"(<svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="6" rx="3"/><rect class="share" width="{:.1f}" height="6" rx="3"/></svg>)",
      share);
}

std::string ratio_tile(std::string_view tone, const Ratio& ratio, std::string_view what) {
  return fmt::format(
      R"(<div class="card tile {}"><span class="figure">{} <small>of {}</small></span><span class="what">)"
      R"({}</span>{}</div>
)",
      tone, grouped(ratio.part), grouped(ratio.whole), what, bar(ratio));
}

std::string figure_tile(std::string_view figure, std::string_view unit, std::string_view what) {
  constexpr auto form =
      R"(<div class="card tile"><span class="figure">{}<small>{}</small></span><span class="what">{}</span></div>
)";
  return fmt::format(form, figure, unit, what);
}

// The middle one of the pairs' medians; of an even number the lower, so that it is a time that was seen.
std::string time_tile(const Matrix& matrix) {
  using Times = traversal::ConnectTimes;
  std::vector<Times> times;
  for (const auto& pair : matrix.pairs) {
    if (pair.connect) times.push_back(*pair.connect);
  }
  if (times.empty()) return figure_tile("–", "", "time to connect");
  const auto by = [](auto field) { return [field](const Times& a, const Times& b) { return a.*field < b.*field; }; };
  std::sort(times.begin(), times.end(), by(&Times::median));
  const auto fastest = std::min_element(times.begin(), times.end(), by(&Times::min))->min;
  const auto slowest = std::max_element(times.begin(), times.end(), by(&Times::max))->max;
  const std::string median = duration_words(times[(times.size() - 1) / 2].median);
  const std::size_t blank = median.find(' ');
  return figure_tile(
      median.substr(0, blank), median.substr(blank),
      fmt::format("median time to connect; fastest {}, slowest {}", duration_words(fastest), duration_words(slowest)));
}

}  // namespace

std::string tiles(const Matrix& matrix) {
  const MatrixTotals sums = totals(matrix);
  const bool holds = sums.as_predicted.part == sums.as_predicted.whole;
  return R"(<div class="tiles">
)" + ratio_tile("good", sums.connected, "pairs connected") +
         ratio_tile(holds ? "good" : "fair", sums.as_predicted, "outcomes as theory predicts") +
         ratio_tile("good", sums.trials, "trials succeeded, proven by both sides") + time_tile(matrix) + "</div>\n";
}

}  // namespace reports
