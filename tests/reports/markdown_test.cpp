// Markdown: what it says, and that foreign text is only text.

#include "reports/markdown.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/reports/hostile_texts.h"
#include "tests/reports/payloads.h"
#include "tests/reports/samples.h"

namespace markdown_test {

using reports::markdown_code;
using testing::HasSubstr;

TEST(MarkdownCode, PlainText_IsASpan) {
  EXPECT_EQ(markdown_code("full cone"), "`full cone`");
  EXPECT_EQ(markdown_code("@somebody #12 <b> *x* [y](z)"), "`@somebody #12 <b> *x* [y](z)`");
  EXPECT_EQ(markdown_code(""), "");
}

TEST(MarkdownCode, WhatEndsASpanOrACell_IsReferenced) {
  EXPECT_EQ(markdown_code("a`b"), "<code>a&#96;b</code>");
  EXPECT_EQ(markdown_code("a|<b>"), "<code>a&#124;&#60;b&#62;</code>");
  EXPECT_EQ(markdown_code("a\nb"), "<code>a&#92;nb</code>");
  EXPECT_EQ(markdown_code(" a"), "<code> a</code>");
}

// Whatever the text, the document has the same lines, cells and spans.
std::string skeleton(const std::string& text) {
  probe::Report report = samples::port_restricted_cone();
  report.verdict.filtering.why = text;
  report.labels = {{"model", text}};
  auto matrix = samples::three_hosts();
  for (auto& pair : matrix.matrix.pairs) pair.why = pair.strategy = text;
  std::string out;
  for (const std::string& markdown : {reports::to_markdown(report), reports::to_markdown(matrix)}) {
    bool in_span = false;
    for (const char c : markdown) {
      if (c == '`') in_span = !in_span;
      if (c == '\n' || (!in_span && c == '|')) out += c;
    }
    EXPECT_FALSE(in_span);
  }
  return out;
}

TEST(Markdown, HostileText_ChangesNoStructure) {
  const std::string harmless = skeleton("harmless");
  for (const auto text : payloads::injections) EXPECT_EQ(skeleton(std::string(text)), harmless) << text;
  for (const auto text : hostile::cells) EXPECT_EQ(skeleton(std::string(text)), harmless) << text;
}

TEST(Markdown, ProbeReport_SaysTheVerdictFirst) {
  const std::string text = reports::to_markdown(samples::port_restricted_cone());
  EXPECT_THAT(text, testing::StartsWith("## NAT type: Cone (port-restricted cone)\n"));
  EXPECT_THAT(text, HasSubstr("| `mapping` | `endpoint-independent` |"));
}

TEST(Markdown, Matrix_MarksWhatTheoryDidNotSay) {
  const std::string text = reports::to_markdown(samples::all_outcomes());
  EXPECT_THAT(text, HasSubstr("not as predicted"));
  EXPECT_THAT(text, HasSubstr("| Pair | Predicted | Observed |"));
}

TEST(Markdown, ManyHosts_OnlyDisagreementsAreListed) {
  EXPECT_THAT(reports::to_markdown(samples::many_hosts(30)), HasSubstr("| Pair |"));
  EXPECT_THAT(reports::to_markdown(samples::many_hosts(31)), testing::Not(HasSubstr("| Pair |")));
}

TEST(Markdown, Dossier_SetsModelsSideBySide) {
  reports::Dossier dossier;
  for (auto report : {samples::full_cone(), samples::symmetric()}) {
    report.labels = {{"model", report.verdict.nat_class == net::NatClass::Cone ? "A" : "B"}};
    add(dossier, report);
  }
  const std::string text = reports::to_markdown(dossier);
  EXPECT_THAT(text, HasSubstr("| Finding | `A, IPv4` | `B, IPv4` |"));
  EXPECT_THAT(text, HasSubstr("| `class` | `cone` | `symmetric` |"));
}

}  // namespace markdown_test
