// Scenarios: what they mean, and how they are laid out.

#include "lab/scenario.h"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "lab/scenario_file.h"

namespace scenario_test {

using net::address;
using testing::ElementsAre;
using testing::HasSubstr;

const std::filesystem::path directory = NATSCOPE_SCENARIOS;

lab::Scenario shipped(std::string_view name) {
  const auto scenario = lab::read_scenario(directory / fmt::format("{}.json", name));
  EXPECT_TRUE(scenario) << scenario.error();
  return scenario.value_or(lab::Scenario{});
}

// ---- the files that come with natscope -----------------------------------------------------------------------------

std::vector<std::filesystem::path> shipped_files() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

TEST(ShippedScenarios, AreRead_AndRoundTrip_AndCanBeBuilt) {
  ASSERT_GE(shipped_files().size(), 4U);
  for (const auto& file : shipped_files()) {
    const auto scenario = lab::read_scenario(file);
    ASSERT_TRUE(scenario) << scenario.error();
    EXPECT_EQ(scenario->name, file.stem());
    const auto again = lab::parse_scenario(lab::to_json(*scenario), "again");
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(*again, *scenario) << file;
    const lab::Layout layout = lab::build(*scenario);
    EXPECT_EQ(layout.hosts.size(), scenario->hosts.size());
    EXPECT_EQ(layout.rendezvous.has_value(), scenario->rendezvous);
  }
}

TEST(ShippedScenarios, ExpectWhatTheoryGives) {
  for (const auto& file : shipped_files()) {
    const lab::Scenario scenario = *lab::read_scenario(file);
    for (const lab::ExpectedHost& expected : scenario.expected_hosts) {
      const net::NatBehavior theory = lab::theory(scenario, expected.host);
      EXPECT_EQ(expected.nat_class.value_or(net::nat_class(theory)), net::nat_class(theory)) << expected.host;
      EXPECT_EQ(expected.rfc3489.value_or(net::classic_name(theory)), net::classic_name(theory)) << expected.host;
      EXPECT_EQ(expected.mapping.value_or(*theory.mapping), theory.mapping) << expected.host;
      EXPECT_EQ(expected.filtering.value_or(*theory.filtering), theory.filtering) << expected.host;
    }
  }
}

TEST(ShippedScenarios, KindsHasAllNine) {
  const lab::Scenario kinds = shipped("kinds");
  std::set<std::string> shown;
  for (const lab::ScenarioHost& host : kinds.hosts) shown.insert(net::short_name(lab::theory(kinds, host.name)));
  EXPECT_EQ(shown.size(), 12U);
}

// ---- meaning -------------------------------------------------------------------------------------------------------

lab::NatProfile profile(std::string_view name) { return *lab::find_profile(name); }

struct Chain {
  std::vector<std::string_view> profiles;  // from the core inwards
  std::string_view truth;
};

class Theory : public testing::TestWithParam<Chain> {};

TEST_P(Theory, IsTheMostDependentMapping_AndTheStrictestFilter) {
  lab::Scenario scenario;
  std::string behind;
  for (const std::string_view name : GetParam().profiles) {
    const std::string nat = fmt::format("nat{}", scenario.nats.size());
    scenario.nats.push_back({.name = nat, .profile = profile(name), .behind = behind});
    behind = nat;
  }
  scenario.hosts.push_back({.name = "host", .behind = behind});
  EXPECT_EQ(net::short_name(lab::theory(scenario, "host")), GetParam().truth);
}

INSTANTIATE_TEST_SUITE_P(Chains, Theory,
                         testing::Values(Chain{{}, "none/EIF"}, Chain{{"full-cone"}, "EIM/EIF"},
                                         Chain{{"linux-masquerade"}, "EIM/APDF"}, Chain{{"udp-firewall"}, "none/APDF"},
                                         Chain{{"udp-firewall", "full-cone"}, "EIM/APDF"},
                                         Chain{{"full-cone", "symmetric"}, "APDM/APDF"},
                                         Chain{{"symmetric", "full-cone"}, "APDM/APDF"},
                                         Chain{{"adm-eif-random", "eim-adf-random"}, "ADM/ADF"},
                                         Chain{{"full-cone", "udp-blocked"}, "udp-blocked"}));

TEST(ScenarioBuild, AssignsDocumentedAddresses_AroundThoseGiven) {
  lab::Scenario scenario;
  scenario.reflectors = {{.name = "r1"}, {.name = "r2", .addresses = {address("198.51.100.1")}}};
  scenario.rendezvous = true;
  scenario.nats = {{.name = "inner", .profile = profile("full-cone"), .behind = "outer"},
                   {.name = "outer", .profile = profile("symmetric")},
                   {.name = "wall", .profile = profile("udp-firewall")}};
  scenario.hosts = {{.name = "open"},
                    {.name = "in1", .behind = "inner"},
                    {.name = "in2", .behind = "inner"},
                    {.name = "mid", .behind = "outer"},
                    {.name = "walled", .behind = "wall"}};
  ASSERT_FALSE(lab::contradiction(scenario));
  const lab::Layout layout = lab::build(scenario);
  EXPECT_THAT(layout.reflectors.at("r1").addresses, ElementsAre(address("198.51.100.2")));
  EXPECT_THAT(layout.reflectors.at("r2").addresses, ElementsAre(address("198.51.100.1")));
  EXPECT_THAT(layout.rendezvous->addresses, ElementsAre(address("198.51.100.100")));
  EXPECT_THAT(layout.nats.at("outer").addresses, ElementsAre(address("203.0.113.1")));
  EXPECT_THAT(layout.nats.at("inner").addresses, ElementsAre(address("10.0.2.2")));
  EXPECT_THAT(layout.nats.at("wall").addresses, ElementsAre());
  EXPECT_THAT(layout.hosts.at("open").addresses, ElementsAre(address("192.0.2.1")));
  EXPECT_THAT(layout.hosts.at("in1").addresses, ElementsAre(address("10.0.1.2")));
  EXPECT_THAT(layout.hosts.at("in2").addresses, ElementsAre(address("10.0.1.3")));
  EXPECT_THAT(layout.hosts.at("mid").addresses, ElementsAre(address("10.0.2.3")));
  EXPECT_THAT(layout.hosts.at("walled").addresses, ElementsAre(address("192.0.2.2")));
}

TEST(ScenarioBuild, AKernelNat_IsModelled_OrAHostWithTheExternalAddress) {
  const lab::Scenario scenario = shipped("kernel");
  lab::Layout modelled = lab::build(scenario);
  EXPECT_TRUE(modelled.hosts.at("home").node);
  EXPECT_EQ(modelled.network.nat(*modelled.nats.at("router").node).profile().name, "kernel-masquerade");

  const lab::Layout attached = lab::build(scenario, lab::KernelNats::Attach);
  EXPECT_FALSE(attached.hosts.at("home").node);
  EXPECT_THAT(attached.hosts.at("home").addresses, ElementsAre(address("10.0.1.2")));
  const lab::Placed& router = attached.nats.at("router");
  EXPECT_EQ(attached.network.addresses(*router.node), router.addresses);
}

TEST(ScenarioBuild, AKernelNatBehindAnother_HasItsAddressInside) {
  lab::Scenario scenario;
  scenario.nats = {{.name = "outer", .profile = profile("kernel-masquerade")},
                   {.name = "inner", .profile = profile("kernel-fully-random"), .behind = "outer"}};
  scenario.hosts = {{.name = "h", .behind = "inner"}};
  ASSERT_FALSE(lab::contradiction(scenario));
  const lab::Layout layout = lab::build(scenario, lab::KernelNats::Attach);
  EXPECT_FALSE(layout.nats.at("inner").node);
  EXPECT_THAT(layout.nats.at("inner").addresses, ElementsAre(address("10.0.1.2")));
}

TEST(ScenarioBuild, TheHostOfSlirp4netns_HasTheAddressThatItGives) {
  lab::Scenario scenario;
  scenario.nats = {{.name = "s", .profile = profile("slirp4netns")}};
  scenario.hosts = {{.name = "h", .behind = "s"}};
  ASSERT_FALSE(lab::contradiction(scenario));
  for (const auto world : {lab::KernelNats::Model, lab::KernelNats::Attach})
    EXPECT_THAT(lab::build(scenario, world).hosts.at("h").addresses, ElementsAre(address("10.0.1.100")));
}

TEST(ScenarioBuild, ANatsLink_IsItsOwn_OrTheDefaultAtTheCore) {
  const lab::Scenario scenario = shipped("lossy");
  lab::Layout layout = lab::build(scenario);
  EXPECT_EQ(layout.network.link(*layout.nats.at("carrier").node).up.loss, 0.1);
  EXPECT_EQ(layout.network.link(*layout.nats.at("router").node).up, lab::LinkProfile{});
  EXPECT_EQ(layout.network.link(*layout.reflectors.at("r1").node).down.delay, std::chrono::milliseconds(5));
}

TEST(ScenarioSize, MostFitTheAddressPlan_AndMoreAreRefused) {
  lab::Scenario scenario;
  scenario.reflectors = {{.name = "r1"}};
  scenario.rendezvous = true;
  scenario.nats = {{.name = "nat", .profile = profile("full-cone")}};
  while (scenario.hosts.size() < 197) {
    scenario.hosts.push_back({.name = fmt::format("h{}", scenario.hosts.size()), .behind = "nat"});
  }
  ASSERT_FALSE(lab::contradiction(scenario));
  EXPECT_EQ(lab::build(scenario).hosts.at("h196").addresses, std::vector{address("10.0.1.198")});
  scenario.hosts.push_back({.name = "one-more"});
  EXPECT_EQ(lab::contradiction(scenario), "more than 200 hosts, NATs and reflectors (these count twice)");
}

TEST(ScenarioFile, InsideAddressesMayRepeat_BehindDifferentNats) {
  const auto scenario = lab::parse_scenario(R"({"schema": "natscope/scenario/1", "name": "x",
      "nats": [{"name": "n", "profile": "full-cone"}, {"name": "m", "profile": "full-cone"}],
      "hosts": [{"name": "a", "behind": "n", "address": "192.168.0.6"},
                {"name": "b", "behind": "m", "address": "192.168.0.6"}]})",
                                            "f");
  ASSERT_TRUE(scenario) << scenario.error();
  EXPECT_EQ(lab::build(*scenario).hosts.at("b").addresses, std::vector{address("192.168.0.6")});
}

TEST(ProfileFile, IsANameOrFields) {
  EXPECT_EQ(*lab::parse_nat_profile("\"symmetric\"", "f"), profile("symmetric"));
  const auto custom = lab::parse_nat_profile(
      R"({"like": "symmetric", "name": "mine", "allocation": "sequential", "step": 2, "udp_lifetime_s": 30})", "f");
  ASSERT_TRUE(custom) << custom.error();
  lab::NatProfile wanted = profile("symmetric");
  wanted.name = "mine";
  wanted.allocation = net::PortAllocation::Sequential;
  wanted.step = 2;
  wanted.udp_lifetime = std::chrono::seconds(30);
  EXPECT_EQ(*custom, wanted);
  EXPECT_EQ(lab::parse_nat_profile("7", "f").error(), "f: must be an object");
}

}  // namespace scenario_test
