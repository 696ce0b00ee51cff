// Scenarios: what they mean, how they are laid out, and which files are refused with which line.

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

// ---- refusals: each is one line naming file, place and fault -------------------------------------------------------

std::string with(std::string_view members) {
  return fmt::format(R"({{"schema": "natscope/scenario/1", "name": "x", "hosts": [{{"name": "h"}}]{}{}}})",
                     members.empty() ? "" : ", ", members);
}

TEST(ScenarioFile, TheLeastScenario_IsOneHost) { EXPECT_TRUE(lab::parse_scenario(with(""), "f")); }

struct Refusal {
  std::string text;
  std::string line;  // without "f.json: "
};

class ScenarioFileRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(ScenarioFileRefuses, WithOneLineThatNamesThePlace) {
  const auto scenario = lab::parse_scenario(GetParam().text, "f.json");
  ASSERT_FALSE(scenario) << GetParam().line;
  EXPECT_EQ(scenario.error(), "f.json: " + GetParam().line);
}

const std::string deep_list = std::string(40, '[') + std::string(40, ']');

INSTANTIATE_TEST_SUITE_P(
    Syntax, ScenarioFileRefuses,
    testing::Values(Refusal{"", "line 1: not JSON"}, Refusal{"{\n\"schema\": nonsense}", "line 2: not JSON"},
                    Refusal{with("") + "x", "line 1: not JSON"},
                    Refusal{with("\"seed\": 1e999"), "not JSON: a number is out of range"},
                    Refusal{"[]", "must be an object"}, Refusal{"{}", "'schema' is missing"},
                    Refusal{with("\"seed\": " + deep_list), "nested deeper than 16"},
                    Refusal{with("\"seed\": 1, \"seed\": 2"), "key 'seed' appears twice in one object"},
                    Refusal{with("\"link\": {\"loss\": 0, \"loss\": 1}"), "key 'loss' appears twice in one object"},
                    Refusal{with("\"description\": \"\xff\""), "line 1: not JSON"},
                    Refusal{std::string(300'000, ' '), "larger than 262144 bytes"}));

INSTANTIATE_TEST_SUITE_P(
    Values, ScenarioFileRefuses,
    testing::Values(Refusal{R"({"schema": "natscope/scenario/2"})", "schema: must be 'natscope/scenario/1'"},
                    Refusal{R"({"schema": "natscope/scenario/1", "hosts": []})", "'name' is missing"},
                    Refusal{R"({"schema": "natscope/scenario/1", "name": "x"})", "'hosts' is missing"},
                    Refusal{with(R"("nat": [])"), "unknown key 'nat'"},
                    Refusal{with(R"("a\nb": 1)"), "unknown key 'a?b'"},
                    Refusal{with(R"("seed": -1)"), "seed: must be a whole number from 0 to 9007199254740992"},
                    Refusal{with(R"("seed": 1.5)"), "seed: must be a whole number from 0 to 9007199254740992"},
                    Refusal{with(R"("rendezvous": 1)"), "rendezvous: must be true or false"},
                    Refusal{with(R"("link": {"loss": 1.1})"), "link.loss: must be a number from 0 to 1"},
                    Refusal{with(R"("link": {"loss": "0.1"})"), "link.loss: must be a number from 0 to 1"},
                    Refusal{with(R"("link": {"delay_ms": -1})"), "link.delay_ms: must be a number from 0 to 60000"},
                    Refusal{with(R"("link": {"delay": 1})"), "link: unknown key 'delay'"},
                    Refusal{with(R"("link": 5)"), "link: must be an object"},
                    Refusal{with(R"("nats": {})"), "nats: must be a list"},
                    Refusal{with(R"("nats": [{"name": "n"}])"), "nats[0]: 'profile' is missing"},
                    Refusal{with(R"("nats": [{"name": "n", "profile": "fullcone"}])"),
                            "nats[0].profile: 'fullcone' is not a profile (see natlab list)"},
                    Refusal{with(R"("nats": [{"name": "n", "profile": {"like": "x"}}])"),
                            "nats[0].profile.like: 'x' is not a profile (see natlab list)"},
                    Refusal{with(R"("nats": [{"name": "n", "profile": {"mapping": "cone"}}])"),
                            "nats[0].profile.mapping: must be one of endpoint-independent, address-dependent, "
                            "address-and-port-dependent, none"},
                    Refusal{with(R"("nats": [{"name": "n", "profile": {"step": 0}}])"),
                            "nats[0].profile.step: must be a whole number from 1 to 1000"},
                    Refusal{with(R"("nats": [{"name": "n", "profile": {"first_port": 2, "last_port": 1}}])"),
                            "nats[0].profile: first_port is above last_port"},
                    Refusal{with(R"("nats": [{"name": "../n", "profile": "no-nat"}])"),
                            "nats[0].name: '../n' is not a name (1 to 64 letters, digits, '.', '-', '_')"},
                    Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "address": "1.2.3"}])"),
                            "nats[0].address: '1.2.3' is not an IP address"},
                    Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "address": "0.0.0.0"}])"),
                            "nats[0].address: the unspecified address"},
                    Refusal{with(R"("matrix": {"trials": 0})"), "matrix.trials: must be a whole number from 1 to 100"},
                    Refusal{with(R"("expect": {"hosts": {"h": {"class": "conic"}}})"),
                            "expect.hosts.h.class: 'conic' is not a class"},
                    Refusal{with(R"("expect": {"pairs": "as-hoped"})"), "expect.pairs: must be a list"}));

INSTANTIATE_TEST_SUITE_P(
    Contradictions, ScenarioFileRefuses,
    testing::Values(
        Refusal{R"({"schema": "natscope/scenario/1", "name": "x", "hosts": []})", "hosts: there must be at least one"},
        Refusal{with(R"("nats": [{"name": "h", "profile": "no-nat"}])"), "hosts[0].name: 'h' is taken"},
        Refusal{R"({"schema": "natscope/scenario/1", "name": "x", "hosts": [{"name": "h", "behind": "n"}]})",
                "hosts[0].behind: no NAT is named 'n'"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "behind": "h"}])"),
                "nats[0].behind: no NAT is named 'h'"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "behind": "m"},
                                 {"name": "m", "profile": "full-cone", "behind": "n"}])"),
                "nats[0].behind: the NATs stand behind each other in a circle"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "behind": "k"},
                                 {"name": "k", "profile": "kernel-masquerade"}])"),
                "nats[0].behind: 'k' is a kernel NAT, behind which only kernel NATs can be"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "behind": "p"},
                                 {"name": "p", "profile": "pasta"}])"),
                "nats[0].behind: 'p' is pasta, which serves one host and no NAT"},
        Refusal{with(R"("nats": [{"name": "s", "profile": "slirp4netns", "address": "2001:db8::1"}])"),
                "nats[0].addresses: slirp4netns has IPv4 only here"},
        Refusal{R"({"schema": "natscope/scenario/1", "name": "x", "nats": [{"name": "p", "profile": "pasta"}],
                    "hosts": [{"name": "a", "behind": "p"}, {"name": "b", "behind": "p"}]})",
                "hosts[1].behind: 'p' is pasta, which serves one host alone"},
        Refusal{R"({"schema": "natscope/scenario/1", "name": "x", "nats": [{"name": "s", "profile": "slirp4netns"}],
                    "hosts": [{"name": "a", "behind": "s", "address": "10.0.2.15"}]})",
                "hosts[0].addresses: slirp4netns gives its host one that ends in .100"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "udp-firewall", "address": "203.0.113.1"}])"),
                "nats[0].address: a firewall has none"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "address": "203.0.113.1"},
                                 {"name": "m", "profile": "full-cone", "address": "203.0.113.1"}])"),
                "nats[1]: the address 203.0.113.1 is taken"},
        Refusal{with(R"("reflectors": [{"name": "r", "partner": "r"}])"),
                "reflectors[0].partner: it cannot be its own partner"},
        Refusal{with(R"("reflectors": [{"name": "r", "partner": "q"}])"),
                "reflectors[0].partner: no reflector is named 'q'"},
        Refusal{with(R"("reflectors": [{"name": "r", "partner": "q"}, {"name": "q"}])"),
                "reflectors[0].partner: 'q' does not name it back"},
        Refusal{with(R"("reflectors": [{"name": "r", "partner": "q", "alternate_address": "198.51.100.9"},
                                       {"name": "q", "partner": "r"}])"),
                "reflectors[0]: either a partner or an alternate_address"},
        Refusal{with(R"("expect": {"hosts": {"nobody": {}}})"), "expect.hosts: no host is named 'nobody'"},
        Refusal{with(R"("expect": {"pairs": [{"a": "h", "b": "i", "outcome": "direct"}]})"),
                "expect.pairs[0]: no host is named 'i'"},
        Refusal{with(R"("expect": {"pairs": [{"a": "h", "b": "h", "outcome": "direct"}]})"),
                "expect.pairs[0]: a pair is two hosts"}));

TEST(ScenarioFile, TheOutcomeOfAPair_IsAWordOfTheMatrix_AndSaidOnce) {
  const auto error = [](std::string_view pairs) {
    return lab::parse_scenario(
               fmt::format(
                   R"({{"schema": "natscope/scenario/1", "name": "x", "hosts": [{{"name": "a"}}, {{"name": "b"}}],
                           "expect": {{"pairs": [{}]}}}})",
                   pairs),
               "f")
        .error();
  };
  EXPECT_EQ(error(R"({"a": "a", "b": "b", "outcome": "works"})"),
            "f: expect.pairs[0].outcome: must be one of direct, asymmetric, one-way, failed, agent-lost, not-run");
  EXPECT_EQ(error(R"({"a": "a", "b": "b", "outcome": "direct"}, {"a": "b", "b": "a", "outcome": "direct"})"),
            "f: expect.pairs[1]: the pair appears twice");
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

TEST(ScenarioFile, EveryCutOfAFile_IsRefused_InOneLine) {
  std::ifstream in(directory / "lossy.json");
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto scenario = lab::parse_scenario(std::string_view(whole).substr(0, length), "f");
    ASSERT_EQ(scenario.has_value(), length >= whole.size() - 1) << length;  // the last byte is the line's end
    if (!scenario) {
      EXPECT_EQ(scenario.error().find('\n'), std::string::npos);
    }
  }
}

TEST(ScenarioFile, AFileThatCannotBeRead_IsNamed) {
  EXPECT_EQ(lab::read_scenario("/nonexistent/x.json").error(), "read /nonexistent/x.json: No such file or directory");
  EXPECT_EQ(lab::read_scenario("/").error(), "read /: Is a directory");
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
