#include "reports/csv_tables.h"

#include <fmt/core.h>

#include <array>

#include "net/agent.h"
#include "reports/csv.h"
#include "reports/fact.h"
#include "reports/plain_words.h"
#include "reports/timestamp.h"

namespace reports {
namespace {

using CsvRows = std::vector<CsvRow>;

constexpr std::array<std::string_view, 6> label_columns = {"vendor", "model", "firmware", "isp", "site", "note"};

std::string label_in(const probe::Report& report, std::string_view key) {
  const auto found = report.labels.find(std::string(key));
  return found == report.labels.end() ? std::string() : found->second;
}

std::string milliseconds_cell(net::Duration duration) { return fmt::format("{}", net::to_ms(duration)); }

CsvRow report_columns() {
  CsvRow out = {"document", "path", "started_at"};
  out.insert(out.end(), label_columns.begin(), label_columns.end());
  out.insert(out.end(), {"finding", "value", "confidence", "observations", "why"});
  return out;
}

void add_rows(CsvRows& rows, const std::string& name, const probe::Report& report) {
  for (const probe::Report* path : probe::paths_of(report)) {
    CsvRow start = {name, path_name(*path), timestamp(path->started_at)};
    for (const std::string_view key : label_columns) start.push_back(label_in(*path, key));
    for (const Fact& fact : facts_of(path->verdict)) {
      CsvRow& row = rows.emplace_back(start);
      row.push_back(fact.name);
      row.push_back(fact.value ? probe::to_string(*fact.value) : std::string());
      row.push_back(fact.observations == 0 ? std::string() : fmt::format("{}", fact.confidence));
      row.push_back(fmt::format("{}", fact.observations));
      row.push_back(fact.why);
    }
  }
}

const CsvRow pair_columns = {"document",  "a",        "b",      "predicted", "outcome", "direction", "trials",
                             "successes", "strategy", "min_ms", "median_ms", "max_ms",  "why"};

void add_rows(CsvRows& rows, const std::string& name, const MatrixDocument& document) {
  for (const auto& pair : document.matrix.pairs) {
    CsvRow& row =
        rows.emplace_back(CsvRow{name, pair.a, pair.b, std::string(traversal::to_string(pair.predicted)),
                                 std::string(traversal::to_string(pair.outcome)), pair.direction,
                                 fmt::format("{}", pair.trials), fmt::format("{}", pair.successes), pair.strategy});
    const auto& times = pair.connect;
    for (const auto part :
         {&traversal::ConnectTimes::min, &traversal::ConnectTimes::median, &traversal::ConnectTimes::max}) {
      row.push_back(times ? milliseconds_cell((*times).*part) : std::string());
    }
    row.push_back(pair.why);
  }
}

const CsvRow dossier_columns = {"document", "vendor",  "model", "firmware", "path",
                                "reports",  "finding", "value", "count"};

void add_rows(CsvRows& rows, const std::string& name, const Dossier& dossier) {
  for (const DossierModel& model : dossier.models) {
    for (const DossierFinding& finding : model.findings) {
      const auto add = [&](const std::string& value, std::size_t count) {
        rows.push_back({name, model.key.vendor, model.key.model, model.key.firmware, model.key.path,
                        fmt::format("{}", model.reports), finding.name, value, fmt::format("{}", count)});
      };
      for (const auto& [word, count] : finding.words) add(word, count);
      if (finding.numbers) add(range_text(*finding.numbers), finding.numbers->count);
      if (finding.unknown > 0) add("", finding.unknown);
    }
  }
}

constexpr std::array<std::string_view, 3> kind_words = {"a probe report", "a matrix", "a dossier"};

CsvRow columns_of(const Document& document) {
  const std::array<CsvRow, kind_words.size()> all = {report_columns(), pair_columns, dossier_columns};
  return all[document.index()];
}

}  // namespace

net::Result<std::string, std::string> to_csv(const std::vector<NamedDocument>& documents) {
  if (documents.empty()) return std::string();
  const NamedDocument& first = documents.front();
  CsvRows rows = {columns_of(first.document)};
  for (const NamedDocument& named : documents) {
    if (named.document.index() != first.document.index()) {
      return net::Unexpected(fmt::format("{} is {} and {} is {}: a table holds one kind", first.name,
                                         kind_words[first.document.index()], named.name,
                                         kind_words[named.document.index()]));
    }
    std::visit([&](const auto& content) { add_rows(rows, named.name, content); }, named.document);
  }
  std::string out;
  for (const CsvRow& row : rows) out += csv_line(row);
  return out;
}

}  // namespace reports
