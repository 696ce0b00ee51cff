#include <gmock/gmock.h>

#include "reports/junit.h"

namespace junit_test {

using testing::HasSubstr;
using testing::Not;

TEST(Junit, CountsAndNamesFailures) {
  const auto xml = reports::to_junit(
      {.name = "demo",
       .cases = {{.name = "a class", .seconds = 0.5}, {.name = "b class", .failure = "expected cone"}}});
  EXPECT_EQ(xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<testsuite name=\"demo\" tests=\"2\" failures=\"1\" skipped=\"0\">\n"
            "  <testcase classname=\"demo\" name=\"a class\" time=\"0.500\"/>\n"
            "  <testcase classname=\"demo\" name=\"b class\" time=\"0.000\">\n"
            "    <failure message=\"expected cone\"/>\n"
            "  </testcase>\n"
            "</testsuite>\n");
}

TEST(Junit, WhatXmlCannotHold_IsEscapedOrReplaced) {
  const auto xml = reports::to_junit({.name = "<&>\"'", .cases = {{.name = "a\x1B\x01z\xFF", .failure = "]]>"}}});
  EXPECT_THAT(xml, HasSubstr("name=\"&lt;&amp;&gt;&quot;&#39;\""));
  EXPECT_THAT(xml, HasSubstr("name=\"a\uFFFD\uFFFDz\uFFFD\""));
  EXPECT_THAT(xml, Not(HasSubstr("]]>")));
  EXPECT_THAT(xml, Not(HasSubstr("\x1B")));
}

}  // namespace junit_test
