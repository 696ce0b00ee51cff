// Foreign text in every field that can hold it: the page's structure stays the same as with harmless text, and the text
// is shown as it was sent.

#include <gmock/gmock.h>

#include "reports/html_page.h"
#include "reports/probe_report_json.h"
#include "reports/terminal.h"
#include "tests/reports/markup.h"
#include "tests/reports/payloads.h"
#include "tests/reports/samples.h"

namespace injection_test {

using testing::HasSubstr;
using testing::IsEmpty;

probe::Report poisoned_report(const std::string& text) {
  probe::Report report = samples::every_field();
  report.verdict.mapping.why = report.verdict.filtering.why = text;
  report.verdict.mapping.value.reset();
  for (auto& seen : report.observations) seen.query.discovery = seen.note = text;
  for (auto& reflector : report.reflectors) reflector.given = reflector.note = text;
  report.labels = {{text, text}};
  return report;
}

// One poisoned host and its pairs; the others stay as they are, so that they may not be mistaken for one another.
reports::MatrixDocument poisoned_matrix(const std::string& text) {
  auto document = samples::three_hosts();
  auto& [hosts, pairs, started, duration] = document.matrix;
  hosts[0] = {.name = text, .behavior = hosts[0].behavior, .local = text, .external = text};
  for (auto& pair : pairs) {
    if (pair.a == "a") pair.a = text;
    pair.strategy = pair.why = text;
    for (auto& attempt : pair.attempts) attempt.strategy = attempt.why = text;
  }
  pairs[0].outcome = traversal::Outcome::OneWay;
  pairs[0].direction = "a-to-b";
  document.probes.erase("a");
  document.probes[text] = poisoned_report(text);
  return document;
}

std::string page_with(const std::string& text) {
  return reports::to_html({{text, poisoned_matrix(text)}, {text, poisoned_report(text)}});
}

class Injection : public testing::TestWithParam<std::string_view> {};

TEST_P(Injection, ChangesNothingButTheText) {
  const auto page = markup::read(page_with(std::string(GetParam())));
  EXPECT_THAT(page.complaints, IsEmpty());
  EXPECT_EQ(page.skeleton(), markup::read(page_with("harmless")).skeleton());
  EXPECT_THAT(page.content(), HasSubstr(reports::printable(GetParam())));
}

TEST_P(Injection, DenseMatrix_ChangesNothingButTheText) {
  const auto dense = [](const std::string& text) {
    auto document = samples::many_hosts(9);
    for (auto& pair : document.matrix.pairs) {
      if (pair.a == document.matrix.hosts[0].name) pair.a = text;
    }
    document.matrix.hosts[0].name = text;
    return markup::read(reports::to_html(document));
  };
  const auto page = dense(std::string(GetParam()));
  EXPECT_THAT(page.complaints, IsEmpty());
  EXPECT_EQ(page.skeleton(), dense("harmless").skeleton());
}

TEST_P(Injection, JsonGivesTheSameBytesBack) {
  const std::string text(GetParam());
  probe::Report report = samples::full_cone();
  report.observations[0].note = text;
  const auto back = reports::parse_probe_report(reports::to_json(report));
  ASSERT_TRUE(back) << back.error();
  const bool is_utf8 = reports::printable(text).find("\\xC0") == std::string::npos &&
                       reports::printable(text).find("\\xF0") == std::string::npos;
  if (is_utf8) {
    EXPECT_EQ(back->observations[0].note, text);
  }
  EXPECT_EQ(reports::to_json(*back), reports::to_json(*reports::parse_probe_report(reports::to_json(*back))));
}

INSTANTIATE_TEST_SUITE_P(Payloads, Injection, testing::ValuesIn(payloads::injections));

}  // namespace injection_test
