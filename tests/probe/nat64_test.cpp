// IPv6 that a NAT64 makes IPv4 of: recognised by the reflector's address, believed nowhere else.

#include <gmock/gmock.h>

#include "net/nat64.h"
#include "tests/probe/stage.h"

namespace nat64_test {

const net::Endpoint partner = net::endpoint("198.51.100.2:3479");

// Two reflectors of IPv4 that see one external endpoint, whatever they are asked by.
std::vector<stage::Reply> through_nat64(const stage::Heard& heard) {
  const net::Endpoint mapped{net::address("192.0.2.7"), heard.client.port};
  return {{.from = heard.to, .payload = stage::success(heard, mapped, partner)}};
}

TEST(Nat64, Addresses_ThereAndBack) {
  const auto v4 = net::address("192.0.2.33");
  EXPECT_EQ(net::to_string(net::through_nat64(v4)), "64:ff9b::c000:221");  // RFC 6052 section 2.4
  EXPECT_EQ(net::behind_nat64(net::through_nat64(v4)), v4);
  EXPECT_EQ(net::behind_nat64(net::address("2001:db8::c000:221")), std::nullopt);
  EXPECT_EQ(net::behind_nat64(v4), std::nullopt);
}

TEST(Nat64, AnIpv4Endpoint_IsWhatASynthesizedReflectorSees) {
  const net::Endpoint reflector = net::endpoint("[64:ff9b::198.51.100.1]:3478");
  stage::Stage stage(through_nat64);
  const probe::Report report = stage.run(stage::config_for({reflector}));
  EXPECT_EQ(report.verdict.mapping.value, net::MappingBehavior::EndpointIndependent);
  EXPECT_EQ(report.reflectors[0].other_address, (net::Endpoint{net::through_nat64(partner.address), partner.port}));
  const probe::NamedFinding* found = report.verdict.find("nat64");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->finding.value, probe::Figure(std::string("translated")));
  EXPECT_FALSE(found->finding.evidence.empty());
}

TEST(Nat64, FromAnyOtherReflector_TheOtherFamilyIsALie) {
  stage::Stage stage(through_nat64);
  const probe::Report report = stage.run(stage::config_for({net::endpoint("[2001:db8::1]:3478")}));
  EXPECT_EQ(report.verdict.mapping.value, std::nullopt);
  EXPECT_EQ(report.verdict.find("nat64"), nullptr);
  EXPECT_EQ(report.observations.front().outcome, probe::Outcome::Unusable);
}

}  // namespace nat64_test
