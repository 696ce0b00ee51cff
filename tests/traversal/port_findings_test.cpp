#include "traversal/commands/port_findings.h"

#include <gtest/gtest.h>

namespace port_findings_test {

using namespace traversal;

probe::Verdict verdict(std::optional<std::string> value, std::map<std::string, probe::Figure> figures) {
  probe::NamedFinding allocation{.name = "allocation", .figures = std::move(figures)};
  if (value) allocation.finding.value = *value;
  return {.findings = {allocation}};
}

TEST(PortFindings, BecomeAPattern) {
  EXPECT_EQ(port_pattern_of({}), std::nullopt);
  EXPECT_EQ(port_pattern_of(verdict(std::nullopt, {{"step", 7.0}})), std::nullopt);
  EXPECT_EQ(port_pattern_of(verdict("preserving", {})), PortPattern{});
  EXPECT_EQ(port_pattern_of(verdict("preserving", {{"parity", true}})), PortPattern{.step = 2});
  EXPECT_EQ(port_pattern_of(verdict("sequential", {{"step", -3.0}})), PortPattern{.step = -3});
  EXPECT_EQ(port_pattern_of(verdict("block", {{"block", std::string("33792 to 35839")}})),
            (PortPattern{.range = PortRange{33792, 35839}}));
  EXPECT_EQ(port_pattern_of(verdict("block", {{"block", std::string("35839 to 33792")}})), PortPattern{});
  EXPECT_EQ(port_pattern_of(
                verdict("random", {{"first", 40000.0}, {"last", 49000.0}, {"ports", 10.0}, {"range_limited", true}})),
            (PortPattern{.range = PortRange{39000, 50000}}));
  EXPECT_EQ(port_pattern_of(verdict("random", {{"first", 2000.0}, {"last", 65000.0}, {"ports", 10.0}})), PortPattern{});
}

}  // namespace port_findings_test
