// Whatever a report holds, text for a terminal moves no cursor and forges no line.

#include "reports/terminal.h"

#include <gmock/gmock.h>

#include "reports/dossier_diff.h"
#include "reports/dossier_text.h"
#include "reports/matrix_text.h"
#include "reports/probe_report_text.h"
#include "reports/utf8.h"
#include "tests/reports/hostile_texts.h"
#include "tests/reports/samples.h"

namespace terminal_test {

probe::Report poisoned_report(const std::string& text) {
  probe::Report report = samples::every_field();
  report.verdict.filtering.why = report.verdict.mapping.why = text;
  for (auto& seen : report.observations) seen.query.discovery = seen.note = text;
  for (auto& reflector : report.reflectors) reflector.given = reflector.note = text;
  for (auto& named : report.verdict.findings) named.finding.why = text;
  report.labels = {{"vendor", text}, {"model", text}, {"firmware", text}};
  return report;
}

reports::MatrixDocument poisoned_matrix(const std::string& text) {
  auto document = samples::three_hosts();
  document.matrix.hosts[0].name = text;
  for (auto& pair : document.matrix.pairs) {
    if (pair.a == "a") pair.a = text;
    pair.strategy = pair.why = text;
  }
  return document;
}

std::string all_texts(const std::string& text) {
  const auto report = poisoned_report(text);
  reports::Dossier one;
  add(one, report);
  reports::Dossier other;
  add(other, samples::full_cone());
  return reports::to_text(report) + reports::observations_text(report) + reports::to_text(poisoned_matrix(text)) +
         to_text(one) + to_text(difference(one, other));
}

class HostileText : public testing::TestWithParam<std::string_view> {};

TEST_P(HostileText, IsShownAndDoesNothing) {
  const std::string shown = all_texts(std::string(GetParam()));
  for (const auto& piece : reports::utf8::pieces(shown)) {
    ASSERT_TRUE(piece.code_point);
    if (*piece.code_point != U'\n') {
      EXPECT_FALSE(reports::utf8::invisible(*piece.code_point)) << static_cast<unsigned>(*piece.code_point);
    }
  }
  EXPECT_EQ(std::count(shown.begin(), shown.end(), '\n'), [] {
    const std::string harmless = all_texts("harmless");
    return std::count(harmless.begin(), harmless.end(), '\n');
  }());
}

INSTANTIATE_TEST_SUITE_P(Cells, HostileText, testing::ValuesIn(hostile::cells));

}  // namespace terminal_test
