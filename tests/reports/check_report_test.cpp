#include "reports/check_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports {
namespace check_report_test {

const CheckReport report{.hosts = {"192.0.2.1"},
                         .checks = {{"192.0.2.1:3478", "udp", "ok", "answered in 1.2 ms", ""},
                                    {"192.0.2.1:3478", "software", "warning", "says it is \x1b[31mX", "turn it off"},
                                    {"the pair", "agreement", "fault", "they differ", "see --advertise"}}};

TEST(CheckReport, AsText_IsGroupedWithAdvice_AndCounts) {
  EXPECT_EQ(text_of(report, false, Ink::Plain),
            "192.0.2.1:3478\n"
            "  ok       udp                answered in 1.2 ms\n"
            "  warning  software           says it is \\x1B[31mX\n"
            "                              -> turn it off\n"
            "the pair\n"
            "  fault    agreement          they differ\n"
            "                              -> see --advertise\n"
            "1 fault, 1 warning\n");
}

TEST(CheckReport, Brief_ShowsOnlyWhatIsNotWell) {
  const std::string text = text_of(report, true, Ink::Plain);
  EXPECT_THAT(text, testing::Not(testing::HasSubstr(" udp ")));
  EXPECT_THAT(text, testing::HasSubstr("agreement"));
  EXPECT_EQ(text_of({.hosts = {"a"}, .checks = {report.checks[0]}}, true, Ink::Plain), "0 faults, 0 warnings\n");
}

TEST(CheckReport, InColour_VerdictsAreInked) {
  EXPECT_THAT(text_of(report, false, Ink::Color), testing::HasSubstr("\x1b["));
  EXPECT_THAT(text_of(report, false, Ink::Color), testing::Not(testing::HasSubstr("\x1b[31mX")));
}

}  // namespace check_report_test
}  // namespace reports
