#include "reports/junit.h"

#include <fmt/core.h>

#include <algorithm>

#include "reports/html_escape.h"

namespace reports {
namespace {

std::string case_element(const JunitSuite& suite, const JunitCase& test) {
  const std::string start = fmt::format(R"(  <testcase classname="{}" name="{}" time="{:.3f}")",
                                        xml_escaped(suite.name), xml_escaped(test.name), test.seconds);
  if (!test.failure) return start + "/>\n";
  return fmt::format("{}>\n    <failure message=\"{}\"/>\n  </testcase>\n", start, xml_escaped(*test.failure));
}

}  // namespace

std::string to_junit(const JunitSuite& suite) {
  const auto failures = std::count_if(suite.cases.begin(), suite.cases.end(),
                                      [](const JunitCase& test) { return test.failure.has_value(); });
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n", xml_escaped(suite.name),
                     suite.cases.size(), failures);
  for (const JunitCase& test : suite.cases) out += case_element(suite, test);
  return out + "</testsuite>\n";
}

}  // namespace reports
