// IPv6 that a NAT64 makes IPv4 of: recognised by the reflector's address, believed nowhere else.

#include <gmock/gmock.h>

#include "net/nat64.h"
#include "probe/connectivity_discovery.h"
#include "reports/probe_report_json.h"
#include "reports/redaction.h"
#include "tests/probe/stage.h"

namespace nat64_test {

using testing::HasSubstr;
using testing::Not;

const net::Endpoint primary = net::endpoint("198.51.100.1:3478");
const net::Endpoint partner = net::endpoint("198.51.100.2:3479");
const net::Nat64Prefix own{net::address("2001:db8:122:344::"), 64};

net::Endpoint under(const net::Nat64Prefix& prefix, const net::Endpoint& v4) {
  return {prefix.with(v4.address), v4.port};
}

// Reflectors of IPv4 that see one external endpoint, whatever they are asked by.
stage::Answer naming(const net::Endpoint& other) {
  return [other](const stage::Heard& heard) -> std::vector<stage::Reply> {
    const net::Endpoint mapped{net::address("192.0.2.7"), heard.client.port};
    return {{.from = heard.to, .payload = stage::success(heard, mapped, other)}};
  };
}

probe::ProbeConfig through(const net::Nat64Prefix& prefix) {
  auto config = stage::config_for({under(prefix, primary)});
  config.nat64 = prefix;
  return config;
}

void expect_translated(const probe::Report& report, const net::Nat64Prefix& prefix) {
  EXPECT_EQ(report.verdict.mapping.value, net::MappingBehavior::EndpointIndependent);
  EXPECT_EQ(report.reflectors[0].other_address, under(prefix, partner));
  EXPECT_EQ(report.external->address, net::address("192.0.2.7"));
  EXPECT_EQ(report.nat64(), prefix);
  const probe::NamedFinding* found = report.verdict.find("nat64");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->finding.value, probe::Figure(std::string("translated")));
  EXPECT_EQ(found->figures.at("prefix"), probe::Figure(net::to_string(prefix)));
  EXPECT_FALSE(found->finding.evidence.empty());
}

TEST(Nat64, AnIpv4Endpoint_IsWhatASynthesizedReflectorSees) {
  stage::Stage stage(naming(partner));
  auto config = stage::config_for({under(net::well_known_nat64(), primary)});
  expect_translated(stage.run(config), net::well_known_nat64());
}

TEST(Nat64, TheNetworksOwnPrefix_IsAsGoodAsTheWellKnownOne) {
  stage::Stage stage(naming(partner));
  const probe::Report report = stage.run(through(own));
  expect_translated(report, own);
  for (const stage::Heard& heard : stage.heard) EXPECT_TRUE(own.ipv4_in(heard.to.address)) << "never another way";
}

TEST(Nat64, FromAnyOtherReflector_TheOtherFamilyIsALie) {
  stage::Stage stage(naming(partner));
  auto config = stage::config_for({net::endpoint("[2001:db8::1]:3478")});
  config.nat64 = own;
  const probe::Report report = stage.run(config);
  EXPECT_EQ(report.verdict.mapping.value, std::nullopt);
  EXPECT_EQ(report.verdict.find("nat64"), nullptr);
  EXPECT_EQ(report.observations.front().outcome, probe::Outcome::Unusable);
}

// Whom the rule for OTHER-ADDRESS keeps from being asked is kept so under any prefix (security).
TEST(Nat64, APartner_IsJudgedByItsIpv4Address) {
  const struct {
    net::Endpoint other;
    const char* why;
  } cases[] = {
      {net::endpoint("10.0.0.1:3479"), "private"},
      {net::endpoint("169.254.1.1:3479"), "link-local"},
      {net::endpoint("224.0.0.1:3479"), "multicast"},
      {net::endpoint("192.0.2.7:3479"), "our own"},
      {net::endpoint("[2001:db8::5]:3479"), "another address family"},
      {net::endpoint("198.51.100.1:3479"), "the reflector's own"},
  };
  for (const auto& [other, why] : cases) {
    stage::Stage stage(naming(other));
    const probe::Report report = stage.run(through(own));
    EXPECT_THAT(report.reflectors[0].note, HasSubstr(why)) << net::to_string(other);
    const net::IpAddress reached = other.family() == net::Family::V4 ? own.with(other.address) : other.address;
    if (reached == own.with(primary.address)) continue;
    EXPECT_EQ(stage.heard_at(reached), 0U) << net::to_string(other);
  }
}

// An inside reflector of IPv4 may show an inside address; a public one may not.
TEST(Nat64, AnExternalAddress_IsJudgedByTheReflectorsIpv4Address) {
  const auto seeing = [](const char* address) {
    return [address](const stage::Heard& heard) -> std::vector<stage::Reply> {
      const net::Endpoint mapped{net::address(address), heard.client.port};
      return {{.from = heard.to, .payload = stage::success(heard, mapped)}};
    };
  };
  const auto mapping_of = [&](const char* reflector, const char* partner_address, const char* mapped) {
    stage::Stage stage(seeing(mapped));
    auto config = stage::config_for({under(own, net::endpoint(reflector)), under(own, net::endpoint(partner_address))});
    config.nat64 = own;
    return stage.run(config).verdict.mapping;
  };
  EXPECT_EQ(mapping_of("10.0.0.1:3478", "10.0.0.2:3478", "10.0.9.9").value, net::MappingBehavior::EndpointIndependent);
  EXPECT_THAT(mapping_of("198.51.100.1:3478", "198.51.100.2:3478", "10.0.9.9").why, HasSubstr("private address"));
}

// ---- what is kept of it --------------------------------------------------------------------------------------------

TEST(Nat64, ASavedReport_IsClassifiedTheSame) {
  stage::Stage stage(naming(partner));
  const probe::Report report = stage.run(through(own));
  const auto read = reports::parse_probe_report(reports::to_json(report));
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->nat64(), own);
  const probe::Verdict again = probe::classify(read->observations);
  EXPECT_EQ(again.mapping.value, report.verdict.mapping.value);
  EXPECT_EQ(again.find("nat64")->figures, report.verdict.find("nat64")->figures);
}

TEST(Nat64, ARedactedReport_HasNothingOfTheNetworksPrefix) {
  stage::Stage stage(naming(partner));
  const probe::Report report = stage.run(through(own));
  const probe::Report shown = reports::Redaction(net::Bytes(16, 7))(report);
  const std::string text = reports::to_json(shown);
  EXPECT_THAT(text, Not(HasSubstr("2001:db8:122")));
  EXPECT_THAT(text, Not(HasSubstr("198.51.100")));
  EXPECT_EQ(shown.nat64(), net::well_known_nat64());
  EXPECT_EQ(probe::classify(shown.observations).mapping.value, report.verdict.mapping.value);
  EXPECT_TRUE(net::well_known_nat64().ipv4_in(shown.reflectors[0].endpoint.address));
}

}  // namespace nat64_test
