#include "traversal/commands/left_unknown.h"

#include <gtest/gtest.h>

namespace left_unknown_test {

using traversal::left_unknown;

probe::Verdict known() {
  return {.nat_class = net::NatClass::Cone,
          .mapping = {.value = net::MappingBehavior::EndpointIndependent},
          .filtering = {.value = net::FilteringBehavior::AddressDependent, .why = "qualified"}};
}

probe::NamedFinding allocation(const std::string& why) {
  return {.name = "allocation", .finding = {.why = why}, .figures = {}};
}

TEST(LeftUnknown, IsNothing_WhereAllIsKnown) {
  EXPECT_EQ(left_unknown(known()), "");
  probe::Verdict blocked{.nat_class = net::NatClass::UdpBlocked};
  blocked.mapping.why = blocked.filtering.why = "UDP is blocked";
  EXPECT_EQ(left_unknown(blocked), "");
}

TEST(LeftUnknown, NamesWhat_AndWhy_OnceForEachReason) {
  probe::Verdict verdict;
  verdict.mapping.why = verdict.filtering.why = "nobody answered";
  EXPECT_EQ(left_unknown(verdict), "mapping and filtering unknown: nobody answered");
  verdict.filtering.why = "no partner";
  verdict.findings = {allocation("too few ports")};
  EXPECT_EQ(left_unknown(verdict),
            "mapping unknown: nobody answered; filtering unknown: no partner; port allocation unknown: too few ports");
  auto partly = known();
  partly.findings = {allocation("too few ports")};
  EXPECT_EQ(left_unknown(partly), "port allocation unknown: too few ports");
}

}  // namespace left_unknown_test
