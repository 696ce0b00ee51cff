#include "reports/junit.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/html_escape.h"

namespace reports {
namespace {

constexpr std::string_view xml_head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string case_element(const JunitSuite& suite, const JunitCase& test) {
  const std::string start = fmt::format(R"(  <testcase classname="{}" name="{}" time="{:.3f}")",
                                        xml_escaped(suite.name), xml_escaped(test.name), test.seconds);
  const auto with = [&](std::string_view element, const std::string& message) {
    return fmt::format("{}>\n    <{} message=\"{}\"/>\n  </testcase>\n", start, element, xml_escaped(message));
  };
  if (test.failure) return with("failure", *test.failure);
  if (test.skipped) return with("skipped", *test.skipped);
  return start + "/>\n";
}

template <typename Is>
auto number_of_cases(const JunitSuite& suite, Is is) {
  return std::count_if(suite.cases.begin(), suite.cases.end(), is);
}

std::string suite_element(const JunitSuite& suite) {
  const auto failures = number_of_cases(suite, [](const JunitCase& test) { return test.failure.has_value(); });
  const auto skipped = number_of_cases(suite, [](const JunitCase& test) { return test.skipped && !test.failure; });
  std::string out = fmt::format("<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\">\n",
                                xml_escaped(suite.name), suite.cases.size(), failures, skipped);
  for (const JunitCase& test : suite.cases) out += case_element(suite, test);
  return out + "</testsuite>\n";
}

}  // namespace

bool passed(const JunitSuite& suite) {
  return number_of_cases(suite, [](const JunitCase& test) { return test.failure.has_value(); }) == 0;
}

std::string to_junit(const JunitSuite& suite) { return std::string(xml_head) + suite_element(suite); }

std::string to_junit(const std::vector<JunitSuite>& suites) {
  std::string out = std::string(xml_head) + "<testsuites>\n";
  for (const JunitSuite& suite : suites) out += suite_element(suite);
  return out + "</testsuites>\n";
}

}  // namespace reports
