#include <fmt/format.h>

#include <algorithm>

#include "net/cannot_work.h"
#include "reports/html_escape.h"
#include "reports/html_page.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"
#include "reports/timestamp.h"

namespace reports {
namespace {

using traversal::Matrix;
using traversal::Outcome;
using traversal::PairOutcome;

std::string headline(const Matrix& matrix, const MatrixTotals& sums) {
  const std::size_t pairs = matrix.pairs.size();
  const std::string_view noun = pairs == 1 ? "pair" : "pairs";
  const bool all_direct = std::all_of(matrix.pairs.begin(), matrix.pairs.end(), [](const PairOutcome& pair) {
    return !traversal::connected(pair.outcome) || pair.outcome == Outcome::Direct;
  });
  const std::string_view how = all_direct ? " directly" : "";
  if (pairs == 0) return "No pairs to connect";
  if (sums.connected.part == pairs) {
    return pairs == 1 ? fmt::format("The pair connects{}", how)
                      : fmt::format("All {} pairs connect{}", grouped(pairs), how);
  }
  if (sums.connected.part == 0) return fmt::format("None of {} {} connects", grouped(pairs), noun);
  return fmt::format("{} of {} {} connect{}", grouped(sums.connected.part), grouped(pairs), noun, how);
}

std::string theory_sentence(const MatrixTotals& sums) {
  const Ratio& ratio = sums.as_predicted;
  if (ratio.whole == 0) return "Theory made no prediction that could be compared.";
  if (ratio.part == ratio.whole) {
    return ratio.whole == 1 ? "The outcome is what theory predicts." : "Every outcome is what theory predicts.";
  }
  return fmt::format("{} of {} outcomes {} from what theory predicts.", grouped(ratio.whole - ratio.part),
                     grouped(ratio.whole), ratio.whole - ratio.part == 1 ? "differs" : "differ");
}

// The pairs that stayed apart, and why theory says so; a long list is left to the table.
std::string exceptions(const Matrix& matrix) {
  constexpr std::size_t most = 3;
  std::vector<const PairOutcome*> apart;
  for (const PairOutcome& pair : matrix.pairs) {
    if (!traversal::connected(pair.outcome)) apart.push_back(&pair);
    if (apart.size() > most) return {};
  }
  std::string out;
  for (const PairOutcome* pair : apart) {
    out += fmt::format(" {} – {}: {}; theory: {}.", pair->a, pair->b, plain(pair->outcome), plain(pair->predicted));
  }
  return html_escaped(out);
}

std::string hero(const Matrix& matrix) {
  const MatrixTotals sums = totals(matrix);
  constexpr auto form = R"(<header class="hero"><h1>{}</h1>
<p class="lede">{}{}</p>
<p class="note">{} hosts, {} pairs run, {}, in {}</p></header>
)";
  return fmt::format(form, headline(matrix, sums), theory_sentence(sums), exceptions(matrix),
                     grouped(matrix.hosts.size()), text(sums.run), date_words(matrix.started_at),
                     duration_words(matrix.duration));
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

// Up to eight hosts a drawing of them stands beside the figures.
std::string story(const MatrixView& view) {
  const Matrix& matrix = view.document.matrix;
  const std::string map =
      fits_map(matrix) ? R"(<div class="card map">)" + network_map(view) + "</div>\n" : std::string();
  return R"(<div class="story">
)" + map +
         tiles(matrix) + "</div>\n";
}

void refuse_what_no_page_holds(const Matrix& matrix) {
  if (matrix.hosts.size() <= most_hosts_of_a_page) return;
  throw net::CannotWork(
      fmt::format("a page holds at most {} hosts, this matrix has {}", most_hosts_of_a_page, matrix.hosts.size()));
}

}  // namespace

std::string MatrixView::file_words() const {
  return file.empty() || file == "-" ? "the JSON document" : html_escaped(file);
}

const probe::Report* MatrixView::probe_of(const traversal::Host& host) const {
  const auto probe = document.probes.find(host.name);
  return probe == document.probes.end() ? nullptr : &probe->second;
}

std::string matrix_section(const MatrixDocument& document, const Anchor& anchor, const std::string& file) {
  refuse_what_no_page_holds(document.matrix);
  const MatrixView view{document, PlacedMatrix(document.matrix), anchor, file};
  std::string out = R"(<section class="matrix-view">
)" + hero(document.matrix) +
                    story(view);
  if (document.drawn) out += drawn_section(*document.drawn);
  out += kinds_section(view);
  out += "<h2>Every pair, observed and predicted</h2>\n" + matrix_tools();
  out += view.has_pair_cards() ? matrix_card(view) : matrix_picture(view);
  out += times_section(document.matrix) + hosts_section(view) + pair_cards(view) + matrix_numbers(view);
  return out + "</section>\n";
}

}  // namespace reports
