// Documents as test cases.

#include "reports/document_cases.h"

#include <gmock/gmock.h>

#include "tests/reports/samples.h"

namespace document_cases_test {

using testing::HasSubstr;

const reports::JunitCase& case_of(const reports::JunitSuite& suite, const std::string& name) {
  for (const auto& test : suite.cases) {
    if (test.name == name) return test;
  }
  throw std::runtime_error("no case " + name);
}

reports::JunitSuite suite_of(const reports::Document& document,
                             const std::vector<probe::Expectation>& expectations = {}) {
  return reports::cases_of({{"doc.json", document}}, expectations).at(0);
}

TEST(DocumentCases, EachExpectationIsOne) {
  const auto suite = suite_of(samples::full_cone(), {{"class", "cone"}, {"filtering", "address-dependent"}});
  ASSERT_EQ(suite.cases.size(), 2U);
  EXPECT_EQ(suite.name, "doc.json");
  EXPECT_FALSE(case_of(suite, "class=cone").failure);
  EXPECT_EQ(case_of(suite, "filtering=address-dependent").failure,
            "expected filtering=address-dependent, found endpoint-independent");
  EXPECT_FALSE(passed(suite));
}

TEST(DocumentCases, EachPathHasItsOwn) {
  auto report = samples::full_cone();
  report.paths.push_back(samples::open_internet());
  report.paths[0].reflectors.front().endpoint = net::endpoint("[2001:db8::1]:3478");
  const auto suite = suite_of(report, {{"class", "cone"}});
  EXPECT_FALSE(case_of(suite, "IPv4: class=cone").failure);
  EXPECT_TRUE(case_of(suite, "IPv6: class=cone").failure);
}

TEST(DocumentCases, WithoutExpectations_UnknownIsSkippedWithItsReason) {
  const auto suite = suite_of(samples::partner_silent());
  EXPECT_TRUE(passed(suite));
  EXPECT_THAT(case_of(suite, "filtering").skipped.value_or(""), HasSubstr("unknown: "));
  EXPECT_FALSE(case_of(suite, "mapping").skipped);
}

TEST(DocumentCases, OfAMatrix_ThePredictionIsTheExpectation) {
  const auto document = samples::all_outcomes();
  const auto suite = suite_of(document);
  ASSERT_EQ(suite.cases.size(), document.matrix.pairs.size());
  EXPECT_FALSE(passed(suite));
  EXPECT_NEAR(suite_of(samples::three_hosts()).cases[0].seconds, 0.0442, 1e-6);
}

TEST(DocumentCases, OfADossier_WhatVariesFails) {
  reports::Dossier dossier;
  add(dossier, samples::full_cone());
  add(dossier, samples::symmetric());
  const auto suite = suite_of(dossier);
  EXPECT_THAT(case_of(suite, "a router that was not named, IPv4: class").failure.value_or(""),
              HasSubstr("varies: cone (1 of 2)"));
  EXPECT_FALSE(case_of(suite, "a router that was not named, IPv4: filtering").skipped);
}

TEST(DocumentCases, SeveralSuites_AreOneDocument) {
  const auto xml =
      reports::to_junit(reports::cases_of({{"a", samples::full_cone()}, {"b", samples::partner_silent()}}, {}));
  EXPECT_THAT(xml, HasSubstr("<testsuites>\n<testsuite name=\"a\""));
  EXPECT_THAT(xml, HasSubstr("<skipped message=\"unknown: "));
}

}  // namespace document_cases_test
