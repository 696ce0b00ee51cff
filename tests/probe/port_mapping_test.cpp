// Port mapping with a gateway that speaks some protocols, or none, or lies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/port_mapping_discovery.h"
#include "probe/port_mapping_finding.h"
#include "reports/probe_report_json.h"
#include "tests/probe/stage.h"
#include "tests/probe/street.h"

namespace port_mapping_test {

using namespace std::chrono_literals;
using street::GatewaySettings;
using street::Street;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsSubsetOf;
using testing::Not;

const probe::NamedFinding& finding(const probe::Report& report) { return *report.verdict.find("port-mapping"); }

std::string value(const probe::Report& report) {
  const auto& found = finding(report).finding;
  return found.value ? probe::to_string(*found.value) : "unknown: " + found.why;
}

std::string figure(const probe::Report& report, const std::string& name) {
  const auto& figures = finding(report).figures;
  return figures.contains(name) ? probe::to_string(figures.at(name)) : "";
}

// ---- what there is -------------------------------------------------------------------------------------------------

struct Spoken {
  std::string name;
  GatewaySettings gateway;
  std::string value;
  std::string found;
};

const Spoken spoken[] = {
    {"Pcp", {.pcp = true}, "pcp", "pcp"},
    {"NatPmp", {.nat_pmp = true}, "nat-pmp", "nat-pmp"},
    {"Upnp", {.upnp = true}, "upnp", "upnp"},
    {"All", {.pcp = true, .nat_pmp = true, .upnp = true}, "pcp", "pcp, nat-pmp, upnp"},
    {"UpnpBesideAPcpThatRefuses", {.pcp = true, .upnp = true, .pcp_result = 2}, "upnp", "pcp, upnp"},
    {"NatPmpBesideAPcpThatRefuses", {.pcp = true, .nat_pmp = true, .pcp_result = 8}, "nat-pmp", "pcp, nat-pmp"},
    {"UpnpWhosePortsAreTaken", {.upnp = true, .taken_ports = 2}, "upnp", "upnp"},
    {"UpnpInChunksOfOneByte", {.upnp = true, .piece = 1, .chunked = true}, "upnp", "upnp"},
    {"UpnpWithAnAbsoluteControlUrl", {.upnp = true, .control = "http://192.168.1.1:81/c"}, "upnp", "upnp"},
};

class SpokenProtocol : public testing::TestWithParam<Spoken> {};

TEST_P(SpokenProtocol, IsFound_Mapped_VerifiedFromOutside_AndRemoved) {
  Street street({.gateway = GetParam().gateway});
  const auto report = street.run();
  EXPECT_EQ(value(report), GetParam().value);
  EXPECT_EQ(finding(report).finding.why, "");
  EXPECT_EQ(figure(report, "found"), GetParam().found);
  EXPECT_EQ(figure(report, "verified"), "yes");
  EXPECT_EQ(figure(report, "removed"), "yes");
  EXPECT_EQ(figure(report, "lease_s"), "120");
  EXPECT_EQ(figure(report, "external_address"), "203.0.113.9");
  EXPECT_THAT(figure(report, "external_endpoint"), HasSubstr("203.0.113.9:"));
  EXPECT_EQ(street.made, 1U);
  EXPECT_TRUE(street.mappings.empty());
  EXPECT_EQ(street.longest_lease, gateway::mapping_lease);
}

// Whatever moment Ctrl-C comes, nothing stays behind.
TEST_P(SpokenProtocol, StoppedAtAnyMoment_LeavesNoMapping) {
  Street whole({.gateway = GetParam().gateway});
  (void)whole.run();
  ASSERT_GT(whole.events, 5U);
  unsigned stopped_with_a_mapping = 0;
  for (unsigned moment = 0; moment <= whole.events; moment += whole.events > 200 ? 17 : 1) {
    Street street({.gateway = GetParam().gateway, .stop_after = moment});
    (void)street.run();
    EXPECT_TRUE(street.mappings.empty()) << "stopped after " << moment << " events";
    stopped_with_a_mapping += street.made > 0 ? 1U : 0U;
  }
  EXPECT_GT(stopped_with_a_mapping, 0U);
}

TEST_P(SpokenProtocol, UnderLoss_IsRightOrUnknown_AndWhatIsSaidOfTheRemovalHolds) {
  for (const double loss : {0.1, 0.3}) {
    unsigned known = 0;
    constexpr unsigned runs = 200;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      Street street({.seed = seed, .loss = loss, .gateway = GetParam().gateway});
      const auto report = street.run();
      const auto& found = finding(report).finding;
      if (found.value) {
        EXPECT_THAT(GetParam().found, HasSubstr(probe::to_string(*found.value))) << "seed " << seed;
      }
      known += found.value ? 1U : 0U;
      if (figure(report, "removed") == "yes" || street.made == 0) {
        EXPECT_TRUE(street.mappings.empty()) << "seed " << seed;
      }
      if (figure(report, "verified") == "yes") {
        EXPECT_GT(street.made, 0U) << "seed " << seed;
      }
    }
    EXPECT_GE(known, loss < 0.2 ? runs * 99 / 100 : runs * 90 / 100);
  }
}

TEST_P(SpokenProtocol, ASavedReport_IsConcludedTheSame) {
  Street street({.gateway = GetParam().gateway});
  const auto report = street.run();
  const auto again = reports::parse_probe_report(reports::to_json(report));
  ASSERT_TRUE(again) << again.error();
  const auto verdict = probe::classify(again->observations);
  ASSERT_NE(verdict.find("port-mapping"), nullptr);
  EXPECT_EQ(verdict.find("port-mapping")->figures, finding(report).figures);
  EXPECT_EQ(verdict.find("port-mapping")->finding.value, finding(report).finding.value);
}

TEST_P(SpokenProtocol, NobodyElseIsSentAnything) {
  Street street({.gateway = GetParam().gateway});
  (void)street.run();
  const std::vector<net::Endpoint> allowed = {
      {street::gateway, 5351},       {street::gateway, 1900}, gateway::ssdp_group(), stage::a, stage::b,
      net::with_port(stage::b, 3479)};
  EXPECT_THAT(street.sent_to, IsSubsetOf(allowed));
  for (const net::Endpoint& to : street.connected_to) EXPECT_EQ(to.address, street::gateway);
  EXPECT_LE(street.datagrams_to_gateway, 40U);
}

INSTANTIATE_TEST_SUITE_P(Gateways, SpokenProtocol, testing::ValuesIn(spoken),
                         [](const auto& of) { return of.param.name; });

TEST(PortMapping, VendorAndModel_BecomeLabels_UnlessTheUserGaveSome) {
  Street street({.gateway = {.pcp = true, .upnp = true, .vendor = "Example &amp; Sons", .model = "R\x1B[31m\n1"}});
  auto report = street.run();
  report.labels["model"] = "mine";
  probe::label_router(report);
  EXPECT_EQ(report.labels["vendor"], "Example & Sons");
  EXPECT_EQ(report.labels["model"], "mine");
  EXPECT_THAT(figure(report, "model"), AllOf(Not(HasSubstr("\x1B")), Not(HasSubstr("\n"))));
}

// ---- what there is not ---------------------------------------------------------------------------------------------

TEST(PortMapping, AGatewayThatIsSilent_IsNone) {
  Street street({});
  const auto report = street.run();
  EXPECT_EQ(value(report), "none");
  EXPECT_EQ(finding(report).finding.why, "no answer from the gateway");
  EXPECT_GE(finding(report).finding.confidence, 0.999);
  EXPECT_LE(report.duration, 8s);
}

TEST(PortMapping, Silence_UnderLoss_IsNoneOrUnknown) {
  for (const double loss : {0.1, 0.3}) {
    unsigned known = 0;
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
      Street street({.seed = seed, .loss = loss});
      const auto report = street.run();
      EXPECT_THAT(value(report), testing::AnyOf("none", HasSubstr("unknown"))) << seed;
      known += value(report) == "none" ? 1U : 0U;
    }
    EXPECT_GE(known, loss < 0.2 ? 90U : 0U);
  }
}

TEST(PortMapping, Silence_WhereNothingElseAnswersEither_IsUnknown) {
  Street street({.reflectors_answer = false});
  EXPECT_EQ(value(street.run()), "unknown: the gateway did not answer often enough to tell");
}

TEST(PortMapping, NoGateway_IsUnknown_AndNothingIsSent) {
  Street street({.gateway = {.pcp = true, .nat_pmp = true, .upnp = true}});
  auto config = street::config();
  config.gateway.reset();
  EXPECT_EQ(value(street.run(config)), "unknown: no gateway is known");
  EXPECT_EQ(street.datagrams_to_gateway, 0U);
}

struct Refusal {
  GatewaySettings gateway;
  std::string why;
};

TEST(PortMapping, Refusals_AreUnknown_WithTheGatewaysReasons) {
  const Refusal refusals[] = {
      {{.pcp = true, .pcp_result = 2}, "no mapping was made: pcp: not authorized"},
      {{.pcp = true, .pcp_result = 12}, "pcp: our address is another one to it: a NAT between us"},
      {{.nat_pmp = true, .nat_pmp_result = 2}, "no mapping was made: nat-pmp: not authorized"},
      {{.nat_pmp = true, .nat_pmp_result = 4}, "nat-pmp: out of resources"},
      {{.upnp = true, .upnp_error = 606}, "no mapping was made: upnp: not authorized"},
      {{.upnp = true, .upnp_error = 725}, "upnp: only permanent mappings"},
      {{.upnp = true, .taken_ports = 99}, "upnp: the external port is taken"},
      {{.pcp = true, .upnp = true, .pcp_result = 2, .upnp_error = 606}, "pcp: not authorized; upnp: not authorized"},
  };
  for (const auto& [gateway, why] : refusals) {
    Street street({.gateway = gateway});
    const auto report = street.run();
    EXPECT_THAT(value(report), HasSubstr(why));
    EXPECT_FALSE(finding(report).finding.value);
    EXPECT_EQ(street.made, 0U);
    EXPECT_EQ(report.verdict.find("reflectors"), nullptr) << "a gateway's refusal is no reflector's";
  }
}

// A port that is taken is another's mapping: it is not removed.
TEST(PortMapping, AnothersMapping_IsLeftAlone) {
  Street street({.gateway = {.upnp = true, .taken_ports = 99}});
  for (unsigned port = 1024; port < 65536; ++port) street.mappings[static_cast<std::uint16_t>(port)] = 7;
  (void)street.run();
  EXPECT_EQ(street.mappings.size(), 65536U - 1024U);
}

TEST(PortMapping, ASecondNat_IsNotVerified_AndNamed) {
  Street street({.gateway = {.pcp = true, .told_outside = net::address("100.64.0.7")}});
  const auto report = street.run();
  EXPECT_EQ(value(report), "pcp");
  EXPECT_EQ(figure(report, "verified"), "no");
  EXPECT_EQ(figure(report, "external_address"), "100.64.0.7");
  EXPECT_EQ(finding(report).finding.why, "not verified: reflectors see 203.0.113.9, another NAT lies behind this one");
}

TEST(PortMapping, WithoutReflectors_IsMapped_NotVerified_AndRemoved) {
  Street street({.gateway = {.pcp = true}, .reflectors_answer = false});
  const auto report = street.run();
  EXPECT_EQ(value(report), "pcp");
  EXPECT_EQ(figure(report, "verified"), "no");
  EXPECT_EQ(finding(report).finding.why, "not verified: no reflector answered");
  EXPECT_TRUE(street.mappings.empty());
}

TEST(PortMapping, ABudgetUsedUp_StillRemoves) {
  for (const unsigned packets : {4U, 6U, 8U}) {
    Street street({.gateway = {.pcp = true, .upnp = true}});
    auto config = street::config();
    config.budget.packets = packets;
    (void)street.run(config);
    EXPECT_TRUE(street.mappings.empty()) << packets;
  }
}

TEST(PortMapping, OfTheDefaultRun_ItIsNoPart) {
  Street street({.gateway = {.pcp = true}});
  auto config = street::config();
  config.only.clear();
  (void)street.run(config);
  EXPECT_EQ(street.datagrams_to_gateway, 0U);
}

// ---- a hostile gateway ---------------------------------------------------------------------------------------------

TEST(PortMapping, ALocationElsewhere_IsNotFollowed) {
  for (const char* location :
       {"http://192.168.1.77:5000/x", "http://example.com/x", "https://192.168.1.1/x", "ftp://192.168.1.1/",
        "http://192.168.1.1@203.0.113.77/", "http://192.168.1.1:0/x", "http://192.168.1.1/a b", "/x", ""}) {
    Street street({.gateway = {.upnp = true, .location = location}});
    const auto report = street.run();
    EXPECT_TRUE(street.connected_to.empty()) << location;
    EXPECT_EQ(street.made, 0U);
  }
}

TEST(PortMapping, AControlUrlElsewhere_IsNotUsed) {
  for (const char* control : {"http://192.168.1.77/x", "http://203.0.113.77:80/", "/a b", "/a&#13;&#10;X: y", ""}) {
    Street street({.gateway = {.upnp = true, .control = control}});
    const auto report = street.run();
    EXPECT_EQ(street.connected_to.size(), 1U) << control;
    EXPECT_EQ(street.made, 0U) << control;
    EXPECT_EQ(figure(report, "vendor"), "Example Networks");
  }
}

TEST(PortMapping, HttpWithoutEnd_OrSense_IsUnusable_AndEnds) {
  const std::string endless(200'000, 'x');
  const std::string deep = [] {
    std::string out = "HTTP/1.1 200 OK\r\n\r\n";
    for (int i = 0; i < 20'000; ++i) out += "<a>";
    return out;
  }();
  for (const std::string& answer :
       {endless, "HTTP/1.1 200 OK\r\n\r\n" + endless,
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n<root/>"), deep,
        std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"),
        std::string("HTTP/1.1 404 No\r\n\r\n"), std::string("\0\0\0\0", 4), std::string()}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{60'000}}) {
      Street street(
          {.gateway = {.upnp = true, .piece = piece, .says_http = [&](const std::string&) { return answer; }}});
      const auto report = street.run();
      EXPECT_FALSE(finding(report).finding.value) << answer.substr(0, 60);
      EXPECT_EQ(street.made, 0U);
      EXPECT_LE(report.duration, 10s);
    }
  }
}

TEST(PortMapping, WhatTheGatewayGarbles_MakesNothing) {
  net::Random random(7);
  for (int run = 0; run < 50; ++run) {
    const auto garbage = [&](const net::Bytes& request) {
      std::vector<net::Bytes> out(3, request);
      for (net::Bytes& reply : out) {
        reply.resize(random.below(80));
        for (auto& byte : reply) byte = random.chance(0.3) ? static_cast<std::uint8_t>(random.next()) : byte;
      }
      return out;
    };
    Street street({.gateway = {.says = garbage}});
    const auto report = street.run();
    EXPECT_EQ(street.made, 0U);
    EXPECT_EQ(street.connected_to.size(), 0U);
    EXPECT_LE(report.duration, 30s);
  }
}

}  // namespace port_mapping_test
