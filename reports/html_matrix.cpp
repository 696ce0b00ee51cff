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

// Of the pairs that were run, as the tiles count them.
std::string headline(const Matrix& matrix, const MatrixTotals& sums, std::size_t waiting) {
  const auto& [connected, run] = sums.connected;
  const bool all_direct = std::all_of(matrix.pairs.begin(), matrix.pairs.end(), [](const PairOutcome& pair) {
    return !traversal::connected(pair.outcome) || pair.outcome == Outcome::Direct;
  });
  const std::string_view how = all_direct ? " directly" : "";
  if (matrix.pairs.empty()) return "No pairs to connect";
  if (run == 0) return waiting > 0 ? "No pair has been played yet" : "No pair was run";
  if (matrix.pairs.size() == 1)
    return connected == 1 ? fmt::format("The pair connects{}", how) : "The pair stays apart";
  if (connected == matrix.pairs.size()) return fmt::format("All {} pairs connect{}", grouped(run), how);
  if (connected == 0) return fmt::format("None of {} {} connects", grouped(run), run == 1 ? "pair" : "pairs");
  return fmt::format("{} {} connect{}{}", text(sums.connected), run == 1 ? "pair" : "pairs", run == 1 ? "s" : "", how);
}

std::string theory_sentence(const MatrixTotals& sums) {
  const Ratio& ratio = sums.as_predicted;
  if (sums.run.part == 0) return {};
  if (ratio.whole == 0) return "Theory made no prediction that could be compared. ";
  const std::string_view which = ratio.whole < sums.run.part ? " that could be compared" : "";
  if (ratio.part < ratio.whole) {
    return fmt::format("{} of {} outcomes{} {} from what theory predicts. ", grouped(ratio.whole - ratio.part),
                       grouped(ratio.whole), which, ratio.whole - ratio.part == 1 ? "differs" : "differ");
  }
  const std::string_view every = ratio.whole == 1 ? "The" : "Every";
  const std::string share = which.empty() ? std::string() : fmt::format(" ({})", text({ratio.whole, sums.run.part}));
  return fmt::format("{} outcome{}{} is what theory predicts. ", every, which, share);
}

std::string counted(std::size_t pairs, std::string_view one, std::string_view many) {
  if (pairs == 0) return {};
  return fmt::format("{} {} ", grouped(pairs), pairs == 1 ? one : many);
}

// The pairs no denominator holds. Those that wait are not-run until their turn comes.
std::string left_out(const Matrix& matrix, std::size_t waiting) {
  const auto count = [&](Outcome outcome) {
    return static_cast<std::size_t>(std::ranges::count(matrix.pairs, outcome, &PairOutcome::outcome));
  };
  const std::size_t not_run = count(Outcome::NotRun);
  return counted(waiting, "pair is still to be played.", "pairs are still to be played.") +
         counted(not_run - std::min(waiting, not_run), "pair was not run.", "pairs were not run.") +
         counted(count(Outcome::AgentLost), "pair was cut short.", "pairs were cut short.");
}

// The pairs that stayed apart, and why theory says so; a long list is left to the table.
std::string exceptions(const Matrix& matrix) {
  constexpr std::size_t most = 3;
  std::vector<const PairOutcome*> apart;
  for (const PairOutcome& pair : matrix.pairs) {
    if (was_run(pair) && !traversal::connected(pair.outcome)) apart.push_back(&pair);
    if (apart.size() > most) return {};
  }
  std::string out;
  for (const PairOutcome* pair : apart) {
    out += fmt::format("{} – {}: {}; theory: {}. ", pair->a, pair->b, plain(pair->outcome), plain(pair->predicted));
  }
  return html_escaped(out);
}

std::string hero(const Matrix& matrix, std::size_t waiting) {
  const MatrixTotals sums = totals(matrix);
  constexpr auto form = R"(<header class="hero"><h1>{}</h1>
<p class="lede">{}{}{}</p>
<p class="note">{} hosts, {} pairs run, {}, in {}</p></header>
)";
  return fmt::format(form, headline(matrix, sums, waiting), theory_sentence(sums), exceptions(matrix),
                     left_out(matrix, waiting), grouped(matrix.hosts.size()), text(sums.run),
                     date_words(matrix.started_at), duration_words(matrix.duration));
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

std::string matrix_section(const MatrixDocument& document, const Anchor& anchor, const std::string& file,
                           std::size_t waiting) {
  refuse_what_no_page_holds(document.matrix);
  const MatrixView view{document, PlacedMatrix(document.matrix), anchor, file};
  std::string out = R"(<section class="matrix-view">
)" + hero(document.matrix, waiting) +
                    story(view);
  if (document.drawn) out += drawn_section(*document.drawn);
  out += kinds_section(view);
  out += "<h2>Every pair, observed and predicted</h2>\n" + matrix_tools();
  out += view.has_pair_cards() ? matrix_card(view) : matrix_picture(view);
  out += times_section(document.matrix) + hosts_section(view) + pair_cards(view) + matrix_numbers(view);
  return out + "</section>\n";
}

}  // namespace reports
