#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"
#include "reports/timestamp.h"

namespace reports {
namespace {

using traversal::Matrix;
using traversal::Outcome;
using traversal::PairOutcome;

// Beyond so many hosts a grid and a card for each are no longer read by anybody.
constexpr std::size_t most_shown_singly = 200;

// Below this many hosts the kinds say no more than the hosts themselves.
constexpr std::size_t fewest_for_kinds = 4;

std::string headline(const Matrix& matrix, const MatrixTotals& sums) {
  const std::size_t pairs = matrix.pairs.size();
  const std::string_view noun = pairs == 1 ? "pair" : "pairs";
  const bool all_direct = std::all_of(matrix.pairs.begin(), matrix.pairs.end(), [](const PairOutcome& pair) {
    return !traversal::connected(pair.outcome) || pair.outcome == Outcome::Direct;
  });
  const std::string_view how = all_direct ? " directly" : "";
  if (pairs == 0) return "No pairs to connect";
  if (sums.connected.part == pairs) {
    return pairs == 1 ? fmt::format("The pair connects{}", how) : fmt::format("All {} pairs connect{}", pairs, how);
  }
  if (sums.connected.part == 0) return fmt::format("None of {} {} connects", pairs, noun);
  return fmt::format("{} of {} {} connect{}", sums.connected.part, pairs, noun, how);
}

std::string theory_sentence(const MatrixTotals& sums) {
  const Ratio& ratio = sums.as_predicted;
  if (ratio.whole == 0) return "Theory made no prediction that could be compared.";
  if (ratio.part == ratio.whole) {
    return ratio.whole == 1 ? "The outcome is what theory predicts." : "Every outcome is what theory predicts.";
  }
  return fmt::format("{} of {} outcomes {} from what theory predicts.", ratio.whole - ratio.part, ratio.whole,
                     ratio.whole - ratio.part == 1 ? "differs" : "differ");
}

// The pairs that stayed apart, and why theory says so; a long list is left to the table.
std::string exceptions(const Matrix& matrix) {
  constexpr std::size_t most = 3;
  std::vector<std::string> sentences;
  for (const PairOutcome& pair : matrix.pairs) {
    if (traversal::connected(pair.outcome)) continue;
    sentences.push_back(html_escaped(
        fmt::format(" {} – {}: {}; theory: {}.", pair.a, pair.b, plain(pair.outcome), plain(pair.predicted))));
  }
  return sentences.size() <= most ? fmt::format("{}", fmt::join(sentences, "")) : std::string();
}

std::string hero(const Matrix& matrix, const MatrixTotals& sums) {
  constexpr auto form = R"(<header class="hero"><h1>{}</h1>
<p class="lede">{}{}</p>
<p class="note">{} hosts, {} of {} pairs run, {}, in {}</p></header>
)";
  return fmt::format(form, headline(matrix, sums), theory_sentence(sums), exceptions(matrix), matrix.hosts.size(),
                     sums.run.part, sums.run.whole, date_words(matrix.started_at), duration_words(matrix.duration));
}

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
      tone, ratio.part, ratio.whole, what, bar(ratio));
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

std::string tiles(const Matrix& matrix, const MatrixTotals& sums) {
  const bool holds = sums.as_predicted.part == sums.as_predicted.whole;
  return R"(<div class="tiles">
)" + ratio_tile("good", sums.connected, "pairs connected") +
         ratio_tile(holds ? "good" : "fair", sums.as_predicted, "outcomes as theory predicts") +
         ratio_tile("good", sums.trials, "trials succeeded, proven by both sides") + time_tile(matrix) + "</div>\n";
}

std::string_view ratio_tone(const Ratio& ratio) {
  if (ratio.whole == 0) return "idle";
  return ratio.part == ratio.whole ? "good" : ratio.part == 0 ? "bad" : "fair";
}

std::string kind_row(const KindTable& table, std::size_t row) {
  std::string out = fmt::format(R"(<tr><th scope="row">{}</th>)", html_escaped(table.kinds[row]));
  for (std::size_t column = 0; column < table.kinds.size(); ++column) {
    const Ratio& ratio = table.at(row, column);
    out += ratio.whole == 0 ? std::string("<td>–</td>")
                            : fmt::format("<td>{}</td>", badge(ratio_tone(ratio), "", text(ratio)));
  }
  return out + "</tr>\n";
}

std::string kind_section(const Matrix& matrix) {
  const KindTable table = kind_table(matrix);
  if (matrix.hosts.size() < fewest_for_kinds || table.kinds.size() >= matrix.hosts.size()) return {};
  std::string rows =
      "<table><caption>Pairs connected, of the pairs of these kinds that were run.</caption><thead><tr><td></td>";
  for (const auto& kind : table.kinds) rows += fmt::format(R"(<th scope="col">{}</th>)", html_escaped(kind));
  rows += "</tr></thead><tbody>\n";
  for (std::size_t row = 0; row < table.kinds.size(); ++row) rows += kind_row(table, row);
  return fmt::format(R"(<h2>By kind of NAT</h2>
<div class="card">{}</div>
)",
                     scroll_region("By kind of NAT", rows + "</tbody></table>"));
}

std::string hosts_section(const MatrixDocument& document, const Anchor& anchor) {
  std::string out = R"(<h2>The hosts and their NATs</h2>
<div class="hosts">
)";
  for (std::size_t i = 0; i < document.matrix.hosts.size(); ++i) {
    const auto& host = document.matrix.hosts[i];
    const auto probe = document.probes.find(host.name);
    out += host_card(host, probe == document.probes.end() ? nullptr : &probe->second, anchor.host(i));
  }
  return out + "</div>\n";
}

std::string drawn_section(const PopulationDraw& drawn) {
  constexpr auto form = R"(<div class="card"><p>The hosts were drawn from the population <b>{}</b>, seed {}. Share of
connected pairs: 95 % interval <b>{}</b> over the draw of hosts; {} if pairs were independent, which they are not.</p>
<p class="note">Source: {}</p>
<p class="note">Assumed: {}</p></div>
)";
  return fmt::format(form, html_escaped(drawn.population), drawn.seed, interval_text(drawn.over_hosts),
                     interval_text(drawn.over_pairs), html_escaped(drawn.source), html_escaped(drawn.assumed));
}

}  // namespace

std::string_view tone(Outcome outcome) {
  switch (outcome) {
    case Outcome::Direct: return "good";
    case Outcome::Asymmetric:
    case Outcome::OneWay: return "fair";
    case Outcome::Failed: return "bad";
    case Outcome::AgentLost:
    case Outcome::NotRun: return "idle";
  }
  return "idle";
}

std::string matrix_section(const MatrixDocument& document, const Anchor& anchor) {
  const Matrix& matrix = document.matrix;
  const MatrixTotals sums = totals(matrix);
  std::string out = hero(matrix, sums) + R"(<div class="story">
)";
  if (fits_map(matrix)) out += R"(<div class="card map">)" + network_map(matrix, anchor) + "</div>\n";
  out += tiles(matrix, sums) + "</div>\n";
  if (document.drawn) out += drawn_section(*document.drawn);
  if (matrix.hosts.size() > most_shown_singly) {
    constexpr auto form =
        R"({}<p class="note">With more than {} hosts the single pairs are left to the JSON document.</p>
)";
    return out + fmt::format(form, kind_section(matrix), most_shown_singly);
  }
  out += "<h2>Every pair, observed and predicted</h2>\n" + matrix_card(matrix, anchor);
  out += kind_section(matrix) + hosts_section(document, anchor);
  return out + pair_cards(matrix, anchor);
}

}  // namespace reports
