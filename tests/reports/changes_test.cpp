// What natprobe --watch tells of two runs, one after the other.

#include "reports/changes.h"

#include <gmock/gmock.h>

#include "tests/reports/samples.h"

namespace changes_test {

using testing::ElementsAre;
using testing::IsEmpty;

probe::Report with_rate(double rate, double low, double high) {
  probe::Report out = samples::full_cone();
  std::erase_if(out.verdict.findings, [](const auto& finding) { return finding.name == "next-port"; });
  out.verdict.findings.push_back({.name = "next-port",
                                  .finding = {.value = rate, .confidence = 0.95},
                                  .figures = {{"hit_rate", rate}, {"low", low}, {"high", high}, {"trials", 7.0}}});
  return out;
}

TEST(Changes, OfAValue_IsALine) {
  probe::Report after = samples::full_cone();
  after.verdict.nat_class = net::NatClass::Symmetric;
  EXPECT_THAT(reports::changes(samples::full_cone(), after), ElementsAre("NAT type: Cone -> Symmetric"));
  EXPECT_THAT(reports::changes(after, after), IsEmpty());
}

// The interval follows how many flows happened to count.
TEST(Changes, OfARate_IsOneOnlyWhereItsIntervalsDoNotMeet) {
  EXPECT_THAT(reports::changes(with_rate(100, 54, 100), with_rate(100, 59, 100)), IsEmpty());
  EXPECT_THAT(reports::changes(with_rate(100, 59, 100), with_rate(0, 0, 41)),
              ElementsAre("next-port: 100 % (59 to 100) -> 0 % (0 to 41)"));
}

}  // namespace changes_test
