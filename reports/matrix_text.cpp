#include "reports/matrix_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::PairOutcome;

// Wider grids wrap in a terminal; the pair lines say the same.
constexpr std::size_t widest_grid = 30;
constexpr std::size_t longest_name = 24;

std::string shown_name(const std::string& name) { return shortened(printable(name), longest_name); }

std::string verdict_of(const traversal::Host& host, const MatrixDocument& document) {
  const auto probe = document.probes.find(host.name);
  return printable(probe == document.probes.end() ? verdict_sentence(host.behavior)
                                                  : verdict_sentence(probe->second.verdict));
}

std::string hosts_part(const MatrixDocument& document) {
  std::vector<TextRow> rows;
  for (const auto& host : document.matrix.hosts) rows.push_back({shown_name(host.name), verdict_of(host, document)});
  return text_table(rows);
}

std::string grid_cell(const PairOutcome& pair) {
  return std::string(symbol(pair.outcome)) + (agreement(pair) == Agreement::Disagrees ? "!" : "");
}

std::string grid_part(const traversal::Matrix& matrix) {
  if (matrix.hosts.size() > widest_grid) return {};
  const PairIndex index(matrix);
  std::vector<TextRow> rows(1, TextRow{""});
  for (const auto& host : matrix.hosts) rows[0].push_back(shown_name(host.name));
  for (const auto& host : matrix.hosts) {
    TextRow row{shown_name(host.name)};
    for (const auto& other : matrix.hosts) {
      const auto pair = index.find(host.name, other.name);
      row.push_back(pair ? grid_cell(matrix.pairs[*pair]) : "-");
    }
    rows.push_back(std::move(row));
  }
  return text_table(rows) + "\n";
}

std::string_view agreement_words(const PairOutcome& pair) {
  constexpr std::array<std::string_view, 3> words = {"as predicted", "NOT as predicted", ""};
  return words[static_cast<std::size_t>(agreement(pair))];
}

std::string observed(const PairOutcome& pair) {
  std::string out = fmt::format("{} {}", symbol(pair.outcome), plain(pair.outcome));
  if (!pair.direction.empty()) out += fmt::format(" ({})", printable(pair.direction));
  return out;
}

TextRow pair_row(const PairOutcome& pair) {
  return {fmt::format("{} - {}", shown_name(pair.a), shown_name(pair.b)),
          std::string(plain(pair.predicted)),
          observed(pair),
          fmt::format("{} of {}", pair.successes, pair.trials),
          pair.connect ? duration_words(pair.connect->median) : "-",
          std::string(agreement_words(pair)),
          printable(pair.why)};
}

std::string pairs_part(const traversal::Matrix& matrix) {
  std::vector<TextRow> rows = {{"pair", "predicted", "observed", "trials", "median", "theory", "why"}};
  for (const auto& pair : matrix.pairs) rows.push_back(pair_row(pair));
  return text_table(rows);
}

std::string heading(std::string_view text, Ink ink) { return inked(text, Tone::Bold, ink) + "\n"; }

std::string totals_line(const traversal::Matrix& matrix, Ink ink) {
  const MatrixTotals sums = totals(matrix);
  const bool all = sums.as_predicted.part == sums.as_predicted.whole;
  return fmt::format("{} pairs connected, {} as predicted; {} pairs run, {} trials succeeded\n", text(sums.connected),
                     inked(text(sums.as_predicted), all ? Tone::Good : Tone::Bad, ink), text(sums.run),
                     text(sums.trials));
}

}  // namespace

std::string to_text(const MatrixDocument& document, Ink ink) {
  const traversal::Matrix& matrix = document.matrix;
  std::string out = totals_line(matrix, ink);
  out += "\n" + heading("Hosts", ink) + hosts_part(document);
  out += "\n" + heading("Matrix", ink) + grid_part(matrix) + pairs_part(matrix);
  return out +
         fmt::format("\n  {} direct  {} two paths  {} one way  {} failed  {} lost  {} not run  ! not as predicted\n",
                     symbol(traversal::Outcome::Direct), symbol(traversal::Outcome::Asymmetric),
                     symbol(traversal::Outcome::OneWay), symbol(traversal::Outcome::Failed),
                     symbol(traversal::Outcome::AgentLost), symbol(traversal::Outcome::NotRun));
}

}  // namespace reports
