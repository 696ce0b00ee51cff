// Scenario files that are refused: each in one line that names file, place and fault.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lab/scenario_file.h"

namespace scenario_refusal_test {

std::string with(std::string_view members) {
  return fmt::format(R"({{"schema": "natscope/scenario/1", "name": "x", "hosts": [{{"name": "h"}}]{}{}}})",
                     members.empty() ? "" : ", ", members);
}

std::string one_host_at(std::string_view address) {
  return fmt::format(R"({{"schema": "natscope/scenario/1", "name": "x", "hosts": [{{"name": "h", "address": "{}"}}]}})",
                     address);
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
                "expect.pairs[0]: a pair is two hosts"},
        Refusal{R"({"schema": "natscope/scenario/1", "name": "x", "hosts": [{"name": "a"}, {"name": "b"}],
                    "expect": {"pairs": [{"a": "a", "b": "b", "outcome": "direct"}]}})",
                "expect.pairs: the scenario has no rendezvous, so no pair is tried"}));

// Addresses that a kernel would refuse, or take and never use.
INSTANTIATE_TEST_SUITE_P(
    Addresses, ScenarioFileRefuses,
    testing::Values(
        Refusal{one_host_at("224.0.0.1"), "hosts[0]: 224.0.0.1 is multicast, which no host's address can be"},
        Refusal{one_host_at("255.255.255.255"),
                "hosts[0]: 255.255.255.255 is broadcast, which no host's address can be"},
        Refusal{one_host_at("240.0.0.1"), "hosts[0]: 240.0.0.1 is broadcast, which no host's address can be"},
        Refusal{one_host_at("127.0.0.1"), "hosts[0]: 127.0.0.1 is loopback, which no host's address can be"},
        Refusal{one_host_at("0.1.2.3"), "hosts[0]: 0.1.2.3 is unspecified, which no host's address can be"},
        Refusal{one_host_at("169.254.7.7"), "hosts[0]: 169.254.7.7 is link-local, which no host's address can be"},
        Refusal{one_host_at("ff02::1"), "hosts[0]: ff02::1 is multicast, which no host's address can be"},
        Refusal{one_host_at("fe80::7"), "hosts[0]: fe80::7 is link-local, which no host's address can be"},
        Refusal{one_host_at("::1"), "hosts[0]: ::1 is loopback, which no host's address can be"},
        Refusal{one_host_at("::ffff:1.2.3.4"), "hosts[0]: ::ffff:1.2.3.4 is mapped, which no host's address can be"},
        Refusal{with(R"("reflectors": [{"name": "r", "address": "224.0.0.1"}])"),
                "reflectors[0]: 224.0.0.1 is multicast, which no host's address can be"},
        Refusal{with(R"("reflectors": [{"name": "r", "alternate_address": "127.0.0.2"}])"),
                "reflectors[0]: 127.0.0.2 is loopback, which no host's address can be"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "address": "fe80::1"}])"),
                "nats[0]: fe80::1 is link-local, which no host's address can be"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "inside": "224.0.0.2"}])"),
                "nats[0].inside: 224.0.0.2 is multicast, which no host's address can be"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone", "inside_prefix": "127.0.0.0/16"}])"),
                "nats[0].inside_prefix: 127.0.0.0 is loopback, which no host's address can be"},
        Refusal{with(R"("nats": [{"name": "n", "profile": {"ipv6": "nptv6"},
                                  "prefixes": {"inside": "ff00::/48", "outside": "2001:db8::/48"}}])"),
                "nats[0].prefixes.inside: ff00:: is multicast, which no host's address can be"},
        Refusal{with(R"("nats": [{"name": "n", "profile": "full-cone"}],
                        "events": [{"at_s": 1, "do": "readdress", "nat": "n", "addresses": ["224.0.0.1"]}])"),
                "events[0].addresses: 224.0.0.1 is multicast, which no host's address can be"}));

// A NAT needs an external address of the family by which a host behind it reaches the reflectors.
TEST(ScenarioFile, ANatHasAnAddressOfTheFamilyThatLeavesIt) {
  const auto read = [](std::string_view family, std::string_view nat) {
    const auto scenario = lab::parse_scenario(
        fmt::format(R"({{"schema": "natscope/scenario/1", "name": "x", "family": "{}", "reflectors": [{{"name": "r"}}],
                         "nats": [{{"name": "m", "profile": "no-nat"}},
                                  {{"name": "n", "behind": "m", {}}}], "hosts": [{{"name": "h", "behind": "n"}}]}})",
                    family, nat),
        "f");
    return scenario ? std::string() : scenario.error();
  };
  const std::string lacks_v4 = "f: nats[1]: 'h' needs an external IPv4 address of it";
  EXPECT_EQ(read("v4", R"("profile": "full-cone", "address": "2001:db8::1")"), lacks_v4);
  EXPECT_EQ(read("dual", R"("profile": "full-cone", "address": "2001:db8::1")"), lacks_v4);
  EXPECT_EQ(read("v6", R"("profile": {"like": "full-cone", "ipv6": "nat66"}, "address": "203.0.113.1")"),
            "f: nats[1]: 'h' needs an external IPv6 address of it");
  EXPECT_EQ(read("v4", R"("profile": "full-cone", "address": "203.0.113.1")"), "");
  EXPECT_EQ(read("dual", R"("profile": "full-cone", "address": "203.0.113.1")"), "");
  EXPECT_EQ(read("v6", R"("profile": {"like": "full-cone", "ipv6": "nptv6"})"), "");
}

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

TEST(ScenarioFile, EveryCutOfAFile_IsRefused_InOneLine) {
  std::ifstream in(NATSCOPE_SCENARIOS "/lossy.json");
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

}  // namespace scenario_refusal_test
