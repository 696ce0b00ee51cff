// Many reports of a router as one: what is constant, what varies, and what differs between two.

#include "reports/dossier.h"

#include <gmock/gmock.h>

#include "reports/document.h"
#include "reports/dossier_diff.h"
#include "reports/dossier_json.h"
#include "reports/dossier_table.h"
#include "reports/dossier_text.h"
#include "tests/reports/samples.h"

namespace dossier_test {

using reports::Dossier;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

probe::Report labelled(probe::Report report, const std::string& model, const std::string& firmware, unsigned hour = 0) {
  report.labels = {{"vendor", "Acme"}, {"model", model}, {"firmware", firmware}};
  report.started_at += std::chrono::hours(hour);
  return report;
}

probe::Report with_number(double value, std::optional<std::pair<double, double>> interval = {}) {
  probe::Report report = labelled(samples::full_cone(), "X", "1");
  probe::NamedFinding named{.name = interval ? "next-port" : "lifetime"};
  named.finding.value = value;
  named.finding.confidence = 0.95;
  if (interval) named.figures = {{"low", interval->first}, {"high", interval->second}};
  report.verdict.findings = {named};
  return report;
}

Dossier of(const std::vector<probe::Report>& reports) {
  Dossier out;
  for (const auto& report : reports) add(out, report);
  return out;
}

std::string cell(const Dossier& dossier, std::string_view finding) {
  return dossier_cell(*dossier.models.at(0).find(finding)).text;
}

TEST(Dossier, CountsWhatItsReportsFound) {
  const Dossier dossier =
      of({labelled(samples::full_cone(), "X", "1"), labelled(samples::full_cone(9), "X", "1", 5),
          labelled(samples::symmetric(), "X", "1", 2), labelled(samples::partner_silent(), "X", "1")});
  ASSERT_EQ(dossier.models.size(), 1U);
  const auto& model = dossier.models[0];
  EXPECT_EQ(model.reports, 4U);
  EXPECT_EQ(model.last - model.first, std::chrono::hours(5));
  EXPECT_THAT(model.find("class")->words, UnorderedElementsAre(Pair("cone", 3), Pair("symmetric", 1)));
  EXPECT_EQ(model.find("filtering")->unknown, 1U);
  EXPECT_EQ(cell(dossier, "class"), "cone (3 of 4), symmetric (1 of 4)");
  EXPECT_FALSE(model.find("class")->constant());
}

TEST(Dossier, WhatIsTheSameEverywhere_IsConstant) {
  const Dossier dossier = of({labelled(samples::full_cone(), "X", "1"), labelled(samples::full_cone(9), "X", "1")});
  EXPECT_TRUE(dossier.models[0].find("mapping")->constant());
  EXPECT_EQ(cell(dossier, "mapping"), "endpoint-independent");
}

TEST(Dossier, FirmwareAndPath_AreApart) {
  auto two_paths = labelled(samples::full_cone(), "X", "2");
  two_paths.paths.push_back(labelled(samples::open_internet(), "X", "2"));
  two_paths.paths[0].reflectors.front().endpoint = net::endpoint("[2001:db8::1]:3478");
  const Dossier dossier = of({labelled(samples::full_cone(), "X", "1"), two_paths});
  ASSERT_EQ(dossier.models.size(), 3U);
  EXPECT_EQ(title(dossier.models[0].key), "Acme X 1, IPv4");
  EXPECT_EQ(title(dossier.models[1].key), "Acme X 2, IPv4");
  EXPECT_EQ(title(dossier.models[2].key), "Acme X 2, IPv6");
}

TEST(Dossier, NotAsked_IsNotUnknown) {
  const Dossier dossier = of({with_number(120), labelled(samples::full_cone(), "X", "1")});
  EXPECT_EQ(dossier.models[0].find("lifetime")->asked(), 1U);
  EXPECT_EQ(dossier.models[0].reports, 2U);
}

TEST(Dossier, Measures_AreARange) {
  const Dossier dossier = of({with_number(120), with_number(60), with_number(90)});
  EXPECT_EQ(cell(dossier, "lifetime"), "60 to 120 s");
  EXPECT_EQ(cell(of({with_number(98, std::pair(80.0, 100.0))}), "next-port"), "80 to 100 %");
}

TEST(Dossier, OfDossiers_IsAsIfTheirReportsHadBeenJoined) {
  const std::vector<probe::Report> all = {labelled(samples::full_cone(), "X", "1"),
                                          labelled(samples::symmetric(), "X", "1", 2),
                                          labelled(samples::firewall(), "Y", "1"), with_number(30)};
  Dossier joined = of({all[0], all[2]});
  add(joined, of({all[1], all[3]}));
  EXPECT_EQ(joined, of(all));
}

TEST(Dossier, AReportGivenTwice_CountsOnce) {
  const auto report = labelled(samples::full_cone(), "X", "1");
  const auto matrix = samples::three_hosts();
  const Dossier dossier = reports::dossier_of({{"a", report}, {"b", report}, {"m", matrix}});
  EXPECT_EQ(dossier.models.back().reports, 1U);
  EXPECT_EQ(dossier.models.front().reports, matrix.probes.size());  // of hosts without labels
}

TEST(DossierJson, ReadBack_IsTheSame) {
  const Dossier dossier = of({labelled(samples::every_field(), "X", "1"), with_number(12.5),
                              labelled(samples::symmetric(), "", ""), labelled(samples::udp_blocked(), "Z|`\n", "1")});
  const auto back = reports::parse_document(to_json(dossier));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(std::get<Dossier>(*back), dossier);
  EXPECT_EQ(to_json(*back), to_json(dossier));
}

TEST(DossierText, SetsModelsSideBySide_AndMarksWhatVaries) {
  const std::string text =
      to_text(of({labelled(samples::full_cone(), "X", "1"), labelled(samples::symmetric(), "X", "1"),
                  labelled(samples::full_cone(), "Y", "1")}));
  EXPECT_THAT(text, HasSubstr("Acme X 1, IPv4: 2 reports"));
  EXPECT_THAT(text, testing::ContainsRegex("class +~ cone \\(1 of 2\\), symmetric \\(1 of 2\\) +cone\n"));
  EXPECT_EQ(to_text(Dossier{}), "no reports\n");
}

// ---- differences ---------------------------------------------------------------------------------------------------

using reports::Difference;

Difference of_finding(const std::vector<reports::ModelDifference>& all, const std::string& name) {
  for (const auto& finding : all.at(0).findings) {
    if (finding.name == name) return finding.difference;
  }
  ADD_FAILURE() << "no " << name;
  return Difference::Same;
}

TEST(DossierDiff, AnotherFirmware_ChangedFindingsFirst) {
  const auto all = difference(of({labelled(samples::full_cone(), "X", "1")}),
                              of({labelled(samples::port_restricted_cone(), "X", "2")}));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(changed(all));
  EXPECT_EQ(of_finding(all, "filtering"), Difference::Changed);
  EXPECT_EQ(of_finding(all, "mapping"), Difference::Same);
  const std::string text = to_text(all);
  EXPECT_THAT(text, testing::StartsWith("Acme X 1, IPv4 -> Acme X 2, IPv4\n  changed"));
  EXPECT_THAT(text, HasSubstr("endpoint-independent -> address-and-port-dependent"));
  EXPECT_LT(text.find("filtering"), text.find("mapping"));
}

TEST(DossierDiff, TheSame_HasNotChanged) {
  const auto report = labelled(samples::full_cone(), "X", "1");
  EXPECT_FALSE(changed(difference(of({report}), of({report, labelled(samples::full_cone(7), "X", "1")}))));
}

TEST(DossierDiff, KnownToUnknown_IsAChange_NotAskedIsNone) {
  const auto known = labelled(samples::full_cone(), "X", "1");
  const auto silent = labelled(samples::partner_silent(), "X", "1");
  EXPECT_EQ(of_finding(difference(of({known}), of({silent})), "filtering"), Difference::Changed);
  const auto more = difference(of({known}), of({with_number(120)}));
  EXPECT_EQ(of_finding(more, "lifetime"), Difference::NotAsked);
  EXPECT_FALSE(changed(more));
}

TEST(DossierDiff, MeasuresWhoseIntervalsMeet_AreTheSame) {
  const auto rate = [](double value, double low, double high) {
    return of({with_number(value, std::pair(low, high))});
  };
  EXPECT_FALSE(changed(difference(rate(98, 80, 100), rate(90, 70, 96))));
  EXPECT_TRUE(changed(difference(rate(98, 80, 100), rate(10, 2, 30))));
  EXPECT_TRUE(changed(difference(of({with_number(120)}), of({with_number(60)}))));
}

TEST(DossierDiff, ModelsWithoutAMatch_AreNamed) {
  const auto all = difference(of({labelled(samples::full_cone(), "X", "1"), labelled(samples::symmetric(), "Y", "1")}),
                              of({labelled(samples::full_cone(), "X", "1"), labelled(samples::full_cone(), "Z", "1"),
                                  labelled(samples::full_cone(), "Z", "2")}));
  const std::string text = to_text(all);
  EXPECT_THAT(text, HasSubstr("only before: Acme Y 1, IPv4"));
  EXPECT_THAT(text, HasSubstr("only after: Acme Z 2, IPv4"));
  EXPECT_TRUE(changed(all));
}

}  // namespace dossier_test
