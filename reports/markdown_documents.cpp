// Each kind of document as Markdown.

#include <fmt/core.h>

#include "reports/dossier_table.h"
#include "reports/finding_lines.h"
#include "reports/markdown.h"
#include "reports/matrix_summary.h"
#include "reports/placed_matrix.h"
#include "reports/plain_words.h"
#include "reports/timestamp.h"

namespace reports {
namespace {

using Table = std::vector<std::vector<std::string>>;

constexpr std::size_t most_hosts_in_full = 30;

std::string listed(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences) out += "- " + sentence + "\n";
  return out + "\n";
}

std::string findings_table(const probe::Verdict& verdict) {
  Table rows = {{"Finding", "Value", "Sure", "Observations", "Why"}};
  for (const FindingLine& finding : finding_lines(verdict)) {
    rows.push_back({markdown_code(finding.name), finding.value ? markdown_code(*finding.value) : "unknown",
                    finding.value ? percent(finding.confidence) : "", fmt::format("{}", finding.evidence.size()),
                    markdown_code(finding.why)});
  }
  return markdown_table(rows);
}

std::string labels_list(const probe::Report& report) {
  std::vector<std::string> out;
  for (const auto& [key, value] : report.labels)
    out.push_back(fmt::format("{}: {}", markdown_code(key), markdown_code(value)));
  return out.empty() ? std::string() : listed(out);
}

std::string endpoint_code(const std::optional<net::Endpoint>& endpoint) {
  return endpoint ? markdown_code(net::to_string(*endpoint)) : "unknown";
}

std::string path_part(const probe::Report& path) {
  const probe::Verdict& verdict = path.verdict;
  std::string out = fmt::format("## NAT type: {} ({})\n\n", plain(verdict.nat_class), plain(verdict.rfc3489));
  out += fmt::format("{}, {}. Seen as {}, sent from {}.\n\n", markdown_code(path_name(path)),
                     date_words(path.started_at), endpoint_code(path.external), endpoint_code(path.local));
  return out + labels_list(path) + findings_table(verdict) + listed(advice(verdict));
}

std::string kinds_part(const traversal::Matrix& matrix) {
  const KindTable table = kind_table(PlacedMatrix(matrix));
  Table rows = {{"connected"}};
  for (const std::string& kind : table.kinds) rows[0].push_back(kind);
  for (std::size_t i = 0; i < table.kinds.size(); ++i) {
    auto& row = rows.emplace_back(Table::value_type{table.kinds[i]});
    for (std::size_t j = 0; j < table.kinds.size(); ++j) {
      row.push_back(table.at(i, j).whole == 0 ? "" : text(table.at(i, j)));
    }
  }
  return markdown_table(rows);
}

std::string hosts_table(const MatrixDocument& document) {
  Table rows = {{"Host", "NAT", "Seen as"}};
  for (const auto& host : document.matrix.hosts) {
    rows.push_back({markdown_code(host.name), kind_of(host.behavior), markdown_code(host.external)});
  }
  return markdown_table(rows);
}

std::string pairs_table(const traversal::Matrix& matrix, bool all) {
  Table rows = {{"Pair", "Predicted", "Observed", "Trials", "Median", "Strategy", "Why"}};
  for (const auto& pair : matrix.pairs) {
    const bool disagrees = agreement(pair) == Agreement::Disagrees;
    if (!all && !disagrees) continue;
    rows.push_back({markdown_code(pair.a) + " – " + markdown_code(pair.b), std::string(plain(pair.predicted)),
                    fmt::format("{}{}", plain(pair.outcome), disagrees ? " (**not as predicted**)" : ""),
                    fmt::format("{} of {}", pair.successes, pair.trials),
                    pair.connect ? duration_words(pair.connect->median) : "", markdown_code(pair.strategy),
                    markdown_code(pair.why)});
  }
  return rows.size() > 1 ? markdown_table(rows) : std::string();
}

}  // namespace

std::string to_markdown(const probe::Report& report) {
  std::string out;
  for (const probe::Report* path : probe::paths_of(report)) out += path_part(*path);
  return out;
}

std::string to_markdown(const MatrixDocument& document) {
  const traversal::Matrix& matrix = document.matrix;
  const MatrixTotals sums = totals(matrix);
  std::string out = fmt::format("## {} pairs connected\n\n{} as predicted; {} pairs run, {} trials succeeded. {}.\n\n",
                                text(sums.connected), text(sums.as_predicted), text(sums.run), text(sums.trials),
                                date_words(matrix.started_at));
  const bool all = matrix.hosts.size() <= most_hosts_in_full;
  out += kinds_part(matrix) + (all ? hosts_table(document) : std::string());
  return out + pairs_table(matrix, all);
}

std::string to_markdown(const Dossier& dossier) {
  std::vector<std::string> models;
  Table rows = {{"Finding"}};
  for (const DossierModel& model : dossier.models) {
    models.push_back(fmt::format("{}: {}", markdown_code(title(model.key)), extent(model)));
    rows[0].push_back(markdown_code(title(model.key)));
  }
  for (const DossierRow& row : dossier_rows(dossier.models)) {
    auto& line = rows.emplace_back(Table::value_type{markdown_code(row.name)});
    for (const DossierCell& cell : row.cells) {
      line.push_back((cell.varies ? "varies: " : "") + markdown_code(cell.text));
    }
  }
  return fmt::format("## {} router{}\n\n", models.size(), models.size() == 1 ? "" : "s") + listed(models) +
         markdown_table(rows);
}

}  // namespace reports
