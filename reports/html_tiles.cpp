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

// Of every trial that connected, sorted; of a pair whose attempts were not kept the three that are known.
std::vector<net::Duration> connect_times(const Matrix& matrix) {
  std::vector<net::Duration> out;
  for (const auto& pair : matrix.pairs) {
    if (!pair.connect) continue;
    const std::size_t before = out.size();
    for (const auto& attempt : pair.attempts) {
      const bool connected = traversal::connected(attempt.outcome);
      if (connected && attempt.time_to_connect) out.push_back(*attempt.time_to_connect);
    }
    if (out.size() == before) out.insert(out.end(), {pair.connect->min, pair.connect->median, pair.connect->max});
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string time_tile(const Matrix& matrix) {
  const std::vector<net::Duration> times = connect_times(matrix);
  if (times.empty()) return figure_tile("–", "", "time to connect");
  const std::string median = duration_words((times[(times.size() - 1) / 2] + times[times.size() / 2]) / 2);
  const std::size_t blank = median.find(' ');
  return figure_tile(median.substr(0, blank), median.substr(blank),
                     fmt::format("median time to connect over all trials; fastest {}, slowest {}",
                                 duration_words(times.front()), duration_words(times.back())));
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
