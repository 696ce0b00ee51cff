#include "reports/document_cases.h"

#include <fmt/core.h>

#include "net/agent.h"
#include "reports/dossier_table.h"
#include "reports/finding_lines.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using Cases = std::vector<JunitCase>;

constexpr double ms_per_second = 1e3;

Cases expectation_cases(const probe::Verdict& verdict, const std::vector<probe::Expectation>& expectations) {
  Cases out;
  for (const probe::Expectation& expected : expectations) {
    JunitCase& test = out.emplace_back(JunitCase{.name = fmt::format("{}={}", expected.key, expected.value)});
    if (const auto lines = probe::unmet(verdict, {expected}); !lines.empty()) test.failure = lines.front();
  }
  return out;
}

Cases finding_cases(const probe::Verdict& verdict) {
  Cases out;
  for (const FindingLine& finding : finding_lines(verdict)) {
    JunitCase& test = out.emplace_back(JunitCase{.name = finding.name});
    if (!finding.value) test.skipped = certainty(finding);
  }
  return out;
}

Cases path_cases(const probe::Report& report, const std::vector<probe::Expectation>& expectations) {
  Cases out;
  for (const probe::Report* path : probe::paths_of(report)) {
    const std::string prefix = report.paths.empty() ? std::string() : path_name(*path) + ": ";
    for (JunitCase& test :
         expectations.empty() ? finding_cases(path->verdict) : expectation_cases(path->verdict, expectations)) {
      test.name.insert(0, prefix);
      out.push_back(std::move(test));
    }
  }
  return out;
}

JunitCase pair_case(const traversal::PairOutcome& pair) {
  JunitCase out{.name = fmt::format("{} - {}", pair.a, pair.b)};
  if (pair.connect) out.seconds = net::to_ms(pair.connect->median) / ms_per_second;
  const std::string why = pair.why.empty() ? std::string() : ": " + pair.why;
  const std::string words = fmt::format("predicted {}, observed {}{}", plain(pair.predicted), plain(pair.outcome), why);
  if (agreement(pair) == Agreement::Disagrees) out.failure = words;
  if (agreement(pair) == Agreement::NotComparable) out.skipped = words;
  return out;
}

Cases model_cases(const DossierModel& model) {
  Cases out;
  for (const DossierFinding& finding : model.findings) {
    const DossierCell cell = dossier_cell(finding);
    JunitCase& test = out.emplace_back(JunitCase{.name = fmt::format("{}: {}", title(model.key), finding.name)});
    if (finding.known() > 0 && cell.varies) test.failure = "varies: " + cell.text;
    if (finding.known() == 0) test.skipped = cell.text;
  }
  return out;
}

Cases cases_in(const Document& document, const std::vector<probe::Expectation>& expectations) {
  Cases out;
  std::visit(net::Overloaded{[&](const probe::Report& report) { out = path_cases(report, expectations); },
                             [&](const MatrixDocument& matrix) {
                               for (const auto& pair : matrix.matrix.pairs) out.push_back(pair_case(pair));
                             },
                             [&](const Dossier& dossier) {
                               for (const DossierModel& model : dossier.models) {
                                 for (JunitCase& test : model_cases(model)) out.push_back(std::move(test));
                               }
                             }},
             document);
  return out;
}

}  // namespace

std::vector<JunitSuite> cases_of(const std::vector<NamedDocument>& documents,
                                 const std::vector<probe::Expectation>& expectations) {
  std::vector<JunitSuite> out;
  for (const auto& [name, document] : documents) out.push_back({name, cases_in(document, expectations)});
  return out;
}

}  // namespace reports
