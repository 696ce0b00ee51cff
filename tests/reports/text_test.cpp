// Text reports against golden files. NATSCOPE_UPDATE_GOLDEN=1 writes them anew; then read the difference.

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>

#include "reports/document_file.h"
#include "reports/matrix_text.h"
#include "reports/probe_report_text.h"
#include "tests/reports/samples.h"

namespace text_test {

using reports::explain;
using reports::observations_text;
using reports::to_text;
using testing::HasSubstr;
using testing::Not;

void expect_golden(const std::string& name, const std::string& text) {
  const std::string path = std::string(NATSCOPE_GOLDEN) + "/" + name + ".txt";
  if (std::getenv("NATSCOPE_UPDATE_GOLDEN") != nullptr) reports::write_document(path, text);
  EXPECT_EQ(text, reports::read_document(path)) << path;
}

TEST(ProbeReportText, EveryVerdict_ReadsAsItsGoldenFile) {
  expect_golden("full_cone", to_text(samples::full_cone()));
  expect_golden("port_restricted_cone", to_text(samples::port_restricted_cone()));
  expect_golden("symmetric", to_text(samples::symmetric()));
  expect_golden("no_classic_name", to_text(samples::no_classic_name()));
  expect_golden("open_internet", to_text(samples::open_internet()));
  expect_golden("firewall", to_text(samples::firewall()));
  expect_golden("two_plain_servers", to_text(samples::two_plain_servers()));
  expect_golden("partner_silent", to_text(samples::partner_silent()));
  expect_golden("udp_blocked", to_text(samples::udp_blocked()));
  expect_golden("nothing_answered", to_text(samples::nothing_answered()));
}

TEST(ProbeReportText, FirstLine_IsTheVerdictAlone) {
  const std::string text = to_text(samples::port_restricted_cone());
  EXPECT_EQ(
      text.substr(0, text.find('\n')),
      "NAT type: Cone (port-restricted cone): endpoint-independent mapping, address-and-port-dependent filtering");
}

TEST(ProbeReportText, OfSeveralPaths_SaysWhatAllOfThemCost) {
  probe::Report report = samples::full_cone();
  EXPECT_THAT(to_text(report), Not(HasSubstr("All paths")));
  report.paths = {samples::firewall()};
  report.traffic = {.packets = 93, .flows = 36};
  report.paths[0].traffic = {.packets = 61, .flows = 40};
  report.budget = report.paths[0].budget = probe::default_budget;
  EXPECT_THAT(to_text(report), HasSubstr("sent 93 packets over 36 flows, of at most 400 and 40"));
  EXPECT_THAT(to_text(report), HasSubstr("sent 61 packets over 40 flows, of at most 400 and 40"));
  EXPECT_THAT(to_text(report),
              testing::ContainsRegex("All paths +sent 154 packets over 76 flows, of at most 800 and 80"));
}

TEST(ProbeReportText, Color_ComesOnlyWhenAsked) {
  EXPECT_THAT(to_text(samples::every_field()), Not(HasSubstr("\x1B")));
  EXPECT_THAT(to_text(samples::full_cone(), reports::Ink::Color), HasSubstr("\x1B[34m"));
}

TEST(ProbeReportText, TerminalEscapesFromTheNetwork_AreShownNotSent) {
  probe::Report report = samples::every_field();
  for (const std::string payload : {"\x1B]0;pwned\a", "\x1B[2J", "\u009B6n", "a\rb\nc", "\u202Edrow"}) {
    report.observations[0].note = report.observations.back().note = payload;
    report.reflectors[0].note = report.reflectors[0].given = payload;
    report.verdict.mapping.why = report.verdict.filtering.why = payload;
    report.observations[0].query.discovery = payload;
    report.verdict.mapping.evidence = {0};
    const std::string text = to_text(report) + observations_text(report) + *explain(report, "mapping");
    for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << payload;
    EXPECT_THAT(text, Not(HasSubstr("\u202E")));
    EXPECT_THAT(text, Not(HasSubstr("\u009B")));
  }
}

TEST(Explain, ListsTheObservationsAFindingRestsOn) {
  expect_golden("explain_filtering", *explain(samples::port_restricted_cone(), "filtering"));
  expect_golden("explain_mapping", *explain(samples::symmetric(), "mapping"));
}

TEST(Explain, UnknownFinding_NamesTheOnesThereAre) {
  const auto text = explain(samples::full_cone(), "hairpin");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error(), "no finding \"hairpin\"; there are: mapping, filtering");
}

TEST(ObservationsText, HasALineForEach) { expect_golden("observations", observations_text(samples::every_field())); }

TEST(MatrixText, ReadsAsItsGoldenFile) {
  expect_golden("three_hosts", to_text(samples::three_hosts()));
  expect_golden("all_outcomes", to_text(samples::all_outcomes()));
  expect_golden("nine_kinds", to_text(samples::many_hosts(9)));
}

TEST(MatrixText, HostileNames_StayOnTheirLine) {
  auto document = samples::three_hosts();
  document.matrix.hosts[0].name = document.matrix.pairs[0].a = document.matrix.pairs[1].a = "a\x1B[31m\nb";
  const std::string text = to_text(document);
  EXPECT_THAT(text, HasSubstr("a\\x1B[31m\\nb"));
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
}

}  // namespace text_test
