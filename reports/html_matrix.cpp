#include <fmt/core.h>

#include <algorithm>

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

// Up to this many hosts a cell says everything in words; beyond, a symbol.
constexpr std::size_t most_worded = 6;
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

std::string hero(const Matrix& matrix, const MatrixTotals& sums) {
  const std::string missing = sums.run.part == sums.run.whole
                                  ? std::string()
                                  : fmt::format(" {} pairs could not be tried.", sums.run.whole - sums.run.part);
  return fmt::format("<header class=\"hero\"><h1>{}</h1>\n<p class=\"lede\">{}{} {} hosts, {}, in {}.</p></header>\n",
                     headline(matrix, sums), theory_sentence(sums), missing, matrix.hosts.size(),
                     date_words(matrix.started_at), duration_words(matrix.duration));
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
      "<div class=\"card tile {}\"><span class=\"figure\">{} <small>of {}</small></span><span "
      "class=\"what\">{}</span>{}"
      "</div>\n",
      tone, ratio.part, ratio.whole, what, bar(ratio));
}

// The middle one of the pairs' medians; of an even number the lower, so that it is a time that was seen.
std::string time_tile(const Matrix& matrix) {
  std::vector<net::Duration> medians;
  for (const auto& pair : matrix.pairs) {
    if (pair.connect) medians.push_back(pair.connect->median);
  }
  std::sort(medians.begin(), medians.end());
  const std::string figure = medians.empty() ? "–" : duration_words(medians[(medians.size() - 1) / 2]);
  const std::size_t blank = std::min(figure.find(' '), figure.size());
  return fmt::format(
      "<div class=\"card tile\"><span class=\"figure\">{}<small>{}</small></span><span class=\"what\">median time to "
      "connect, {} {}</span></div>\n",
      figure.substr(0, blank), figure.substr(blank), medians.size(), medians.size() == 1 ? "pair" : "pairs");
}

std::string tiles(const Matrix& matrix, const MatrixTotals& sums) {
  const bool holds = sums.as_predicted.part == sums.as_predicted.whole;
  return "<div class=\"tiles\">\n" + ratio_tile("good", sums.connected, "pairs connected") +
         ratio_tile(holds ? "good" : "fair", sums.as_predicted, "outcomes as theory predicts") +
         ratio_tile("good", sums.trials, "trials succeeded, proven by both sides") + time_tile(matrix) + "</div>\n";
}

std::string theory_line(const PairOutcome& pair) {
  switch (agreement(pair)) {
    case Agreement::AsPredicted: return fmt::format("= theory: {}", plain(pair.predicted));
    case Agreement::Disagrees: return fmt::format("≠ theory: {}", plain(pair.predicted));
    case Agreement::NotComparable: break;
  }
  return fmt::format("theory: {}", plain(pair.predicted));
}

std::string short_outcome(const PairOutcome& pair) {
  switch (pair.outcome) {
    case Outcome::Direct: return "direct";
    case Outcome::Asymmetric: return "two paths";
    case Outcome::OneWay: return "one way";
    case Outcome::Failed: return "failed";
    case Outcome::AgentLost: return "lost";
    case Outcome::NotRun: return "not run";
  }
  return {};
}

std::string worded_cell(const PairOutcome& pair, const std::string& id) {
  const std::string time =
      pair.connect ? fmt::format("{}, {} of {}", duration_words(pair.connect->median), pair.successes, pair.trials)
                   : fmt::format("{} of {} trials", pair.successes, pair.trials);
  return fmt::format(
      "<a class=\"cell {}{}\" href=\"#{}\"><span class=\"observed\"><span aria-hidden=\"true\">{}</span> {}</span>"
      "<span class=\"time\">{}</span><span class=\"theory\">{}</span></a>",
      tone(pair.outcome), agreement(pair) == Agreement::Disagrees ? " differs" : "", id, symbol(pair.outcome),
      short_outcome(pair), time, theory_line(pair));
}

std::string dense_cell(const PairOutcome& pair, const std::string& id, bool linked) {
  const std::string words = html_escaped(fmt::format("{} – {}: {}, {}; {}", pair.a, pair.b, short_outcome(pair),
                                                     text({pair.successes, pair.trials}), theory_line(pair)));
  const bool differs = agreement(pair) == Agreement::Disagrees;
  const std::string attributes = fmt::format("class=\"cell {}{}\" title=\"{}\" aria-label=\"{}\"", tone(pair.outcome),
                                             differs ? " differs" : "", words, words);
  const std::string content = std::string(symbol(pair.outcome)) + (differs ? "≠" : "");
  return linked ? fmt::format("<a {} href=\"#{}\">{}</a>", attributes, id, content)
                : fmt::format("<span role=\"img\" {}>{}</span>", attributes, content);
}

std::string host_heading(const traversal::Host& host, const std::string& id, bool dense) {
  const std::string kind =
      dense ? std::string() : fmt::format("<span class=\"kind\">{}</span>", html_escaped(kind_of(host.behavior)));
  return fmt::format("<a class=\"host\" href=\"#{}\">{}</a>{}", id, html_escaped(host.name), kind);
}

std::string matrix_row(const Matrix& matrix, std::size_t row, const PairIndex& index, const Anchor& anchor) {
  const bool dense = matrix.hosts.size() > most_worded;
  std::string out =
      fmt::format("<tr><th scope=\"row\">{}</th>", host_heading(matrix.hosts[row], anchor.host(row).id, dense));
  for (std::size_t column = 0; column < matrix.hosts.size(); ++column) {
    const auto pair = index.find(matrix.hosts[row].name, matrix.hosts[column].name);
    if (!pair) {
      out += row == column ? "<td class=\"self\" aria-label=\"itself\">–</td>" : "<td class=\"self\">no pair</td>";
      continue;
    }
    const std::string id = anchor.pair(*pair).id;
    out += fmt::format("<td>{}</td>", dense ? dense_cell(matrix.pairs[*pair], id, shows_pair_cards(matrix))
                                            : worded_cell(matrix.pairs[*pair], id));
  }
  return out + "</tr>\n";
}

constexpr std::string_view legend = R"(<ul class="legend" aria-label="Legend">
<li class="good"><b>● direct</b> both sides proved it</li>
<li class="fair"><b>◐ two paths</b> each direction on its own</li>
<li class="fair"><b>◔ one way</b></li>
<li class="bad"><b>✕ failed</b></li>
<li class="idle"><b>? lost</b>, <b>· not run</b></li>
<li class="fair"><b>≠</b> theory said otherwise</li>
</ul>
)";

std::string matrix_table(const Matrix& matrix, const Anchor& anchor) {
  const bool dense = matrix.hosts.size() > most_worded;
  const PairIndex index(matrix);
  std::string out = fmt::format(
      "<div class=\"card\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Pairwise "
      "matrix\">\n<table "
      "class=\"matrix{}\">\n<caption>What was observed between each two hosts, and below it what theory predicts from "
      "their NATs.</caption>\n<thead><tr><td class=\"corner\"></td>",
      dense ? " dense" : "");
  for (std::size_t i = 0; i < matrix.hosts.size(); ++i) {
    out += fmt::format("<th scope=\"col\">{}</th>", host_heading(matrix.hosts[i], anchor.host(i).id, dense));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < matrix.hosts.size(); ++i) out += matrix_row(matrix, i, index, anchor);
  return out + "</tbody></table></div>\n" + std::string(legend) + "</div>\n";
}

std::string_view ratio_tone(const Ratio& ratio) {
  if (ratio.whole == 0) return "idle";
  return ratio.part == ratio.whole ? "good" : ratio.part == 0 ? "bad" : "fair";
}

std::string kind_section(const Matrix& matrix) {
  const KindTable table = kind_table(matrix);
  if (matrix.hosts.size() < fewest_for_kinds || table.kinds.size() >= matrix.hosts.size()) return {};
  std::string out =
      "<h2>By kind of NAT</h2>\n<div class=\"card\"><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"By kind of NAT\"><table>\n<caption>Pairs connected, of the pairs of these kinds that were "
      "run.</caption>\n<thead><tr><td></td>";
  for (const auto& kind : table.kinds) out += fmt::format("<th scope=\"col\">{}</th>", html_escaped(kind));
  out += "</tr></thead><tbody>\n";
  for (std::size_t row = 0; row < table.kinds.size(); ++row) {
    out += fmt::format("<tr><th scope=\"row\">{}</th>", html_escaped(table.kinds[row]));
    for (std::size_t column = 0; column < table.kinds.size(); ++column) {
      const Ratio& ratio = table.at(row, column);
      out += ratio.whole == 0 ? std::string("<td>–</td>")
                              : fmt::format("<td>{}</td>", badge(ratio_tone(ratio), "", text(ratio)));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div></div>\n";
}

std::string hosts_section(const MatrixDocument& document, const Anchor& anchor) {
  std::string out = "<h2>The hosts and their NATs</h2>\n<div class=\"hosts\">\n";
  for (std::size_t i = 0; i < document.matrix.hosts.size(); ++i) {
    const auto& host = document.matrix.hosts[i];
    const auto probe = document.probes.find(host.name);
    out += host_card(host, probe == document.probes.end() ? nullptr : &probe->second, anchor.host(i));
  }
  return out + "</div>\n";
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
  std::string out = hero(matrix, sums) + "<div class=\"story\">\n";
  if (fits_map(matrix)) out += "<div class=\"card map\">" + network_map(matrix, anchor) + "</div>\n";
  out += tiles(matrix, sums) + "</div>\n";
  out += "<h2>Every pair, observed and predicted</h2>\n" + matrix_table(matrix, anchor);
  out += kind_section(matrix) + hosts_section(document, anchor);
  return out + pair_cards(matrix, anchor);
}

}  // namespace reports
