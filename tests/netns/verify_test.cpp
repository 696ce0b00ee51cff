// `natlab verify`: the 2005 experiment and its kin, with real packets and in memory, to the same end.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "reports/probe_report_json.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace verify_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

std::string scenario(const std::string& name) { return std::string(NATSCOPE_SCENARIOS) + "/" + name; }

class Verify : public testing::TestWithParam<std::string> {  // the backend
 protected:
  void SetUp() override {
    if (GetParam() == "netns") SKIP_WITHOUT_NAMESPACES();
  }

  [[nodiscard]] programs::Result verify(const std::string& file, programs::Argv more = {}) const {
    programs::Argv words = {"natlab",
                            "verify",
                            file,
                            "--backend",
                            GetParam(),
                            "--out",
                            folder_.path().string(),
                            "--junit",
                            (folder_.path() / "named.xml").string()};
    words.insert(words.end(), more.begin(), more.end());
    return programs::run(words, {.timeout = std::chrono::minutes(2)});
  }

  programs::TemporaryDirectory folder_;
};

TEST_P(Verify, Experiment2005_IsAsTheorySays_AndWrittenDown) {
  const auto result = verify(scenario("experiment-2005.json"));
  ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("6 of 6 as expected"));
  EXPECT_THAT(
      lines_of(result.out),
      testing::IsSupersetOf(
          {"  a  Cone (full cone): endpoint-independent mapping, endpoint-independent filtering",
           "  b  Cone (port-restricted cone): endpoint-independent mapping, address-and-port-dependent filtering",
           "  c  Symmetric: address-and-port-dependent mapping, address-and-port-dependent filtering", "     a  b  c",
           "  a  -  ●  ●", "  b  ●  -  ✕", "  c  ●  ✕  -"}));

  const auto report = nlohmann::json::parse(read(folder_.path() / "report.json"));
  EXPECT_EQ(report.at("schema"), "natscope/traversal-matrix/1");
  EXPECT_EQ(report.at("hosts").size(), 3U);
  for (const auto& host : report.at("hosts")) {
    SCOPED_TRACE(host.at("name"));
    const auto& probe = host.at("probe");
    EXPECT_EQ(probe.at("schema"), "natscope/probe-report/1");
    EXPECT_EQ(probe.at("verdict").at("class"), host.at("class"));
    for (const char* kind : {"mapping", "filtering"})
      EXPECT_EQ(probe.at("verdict").at(kind).at("value"), host.at("behavior").at(kind));
    EXPECT_EQ(probe.at("reflectors").size(), 2U);
    EXPECT_FALSE(probe.at("observations").empty());
    EXPECT_TRUE(reports::parse_probe_report(probe.dump()));
  }
  std::map<std::string, std::string> outcomes;
  for (const auto& pair : report.at("pairs"))
    outcomes[pair.at("a").get<std::string>() + pair.at("b").get<std::string>()] = pair.at("outcome");
  for (const auto& pair : report.at("pairs")) {
    std::set<std::string> witnesses;
    for (const auto& event : pair.at("attempts").at(0).at("timeline")) witnesses.insert(event.at("by"));
    EXPECT_THAT(witnesses, testing::IsSupersetOf({"a", "b", "rendezvous", "reflector-1", "reflector-2"})) << pair;
  }
  EXPECT_EQ(outcomes, (std::map<std::string, std::string>{{"ab", "direct"}, {"ac", "direct"}, {"bc", "failed"}}));
  const std::string page = read(folder_.path() / "report.html");
  EXPECT_THAT(page, StartsWith("<!"));
  for (const auto& [host, kind] : {std::pair{"a", "full cone"}, {"b", "port-restricted cone"}, {"c", "symmetric"}}) {
    EXPECT_THAT(page, HasSubstr(std::string("<h3>") + host + "</h3>"));
    EXPECT_THAT(page, HasSubstr(std::string(host) + "</a><span class=\"kind\">" + kind + "</span>"));
  }
  for (const char* outcome : {"a and b: connected directly", "a and c: connected directly", "b and c: did not connect"})
    EXPECT_THAT(page, HasSubstr(std::string("aria-label=\"") + outcome + "\""));
  EXPECT_THAT(read(folder_.path() / "junit.xml"), HasSubstr("failures=\"0\""));
}

TEST_P(Verify, WhatIsNotAsExpected_IsNamed_AndOne) {
  auto wrong = nlohmann::json::parse(read(scenario("experiment-2005.json")));
  wrong["expect"]["hosts"]["a"] = {{"class", "symmetric"}};
  wrong["expect"]["pairs"] = {{{"a", "b"}, {"b", "c"}, {"outcome", "direct"}}};
  const auto result = verify(folder_.file("wrong.json", wrong.dump()).string(), {"--quiet"});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_THAT(
      lines_of(result.out),  // quiet: the judgement alone, differences first
      ElementsAre(MatchesRegex(" +expected +found"), MatchesRegex("host a +class=symmetric +class=cone +differs"),
                  MatchesRegex("pair b - c +direct +failed +differs"),
                  MatchesRegex("host b +class=cone .* +the same +ok"), StartsWith("host c "), StartsWith("pair a - b "),
                  MatchesRegex("pair a - c +direct +the same +ok"), "4 of 6 as expected"));
  EXPECT_THAT(read(folder_.path() / "junit.xml"), HasSubstr("failures=\"2\""));
  EXPECT_EQ(read(folder_.path() / "junit.xml"), read(folder_.path() / "named.xml"));
}

// On real packets it connects over TCP, in memory there is none: theory, which is about UDP, is content with both.
TEST_P(Verify, HostWithoutUdp_DoesNotHinderTheRest) {
  const auto file = folder_.file("blocked.json", R"({
    "schema": "natscope/scenario/1", "name": "blocked",
    "reflectors": [{"name": "r1", "partner": "r2"}, {"name": "r2", "partner": "r1"}], "rendezvous": true,
    "nats": [{"name": "wall", "profile": "udp-blocked"}, {"name": "cone", "profile": "full-cone"}],
    "hosts": [{"name": "a", "behind": "cone"}, {"name": "b"}, {"name": "walled", "behind": "wall"}]})");
  const auto result = verify(file.string());
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("6 of 6 as expected"));
  const std::string walled = GetParam() == "netns" ? "direct" : "not-run";
  EXPECT_THAT(result.out, testing::ContainsRegex("pair a - walled +" + walled + " +the same"));
}

TEST_P(Verify, WhatTheCallersEnvironmentSays_DoesNotReachTheLabsPrograms) {
  const auto result =
      programs::run({"natlab", "verify", scenario("experiment-2005.json"), "--backend", GetParam()},
                    {.environment = {"NATSCOPE_REFLECTOR=192.0.2.9", "NATSCOPE_REFLECTORS=192.0.2.9",
                                     "NATSCOPE_EXPECT=mapping=none", "NATSCOPE_SKIP=mapping", "NATSCOPE_PAIRS=a,b",
                                     "NATSCOPE_ALTERNATE_ADDRESS=192.0.2.9", "NATSCOPE_TIMEOUT=none"},
                     .timeout = std::chrono::minutes(2)});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("6 of 6 as expected"));
}

INSTANTIATE_TEST_SUITE_P(Backends, Verify, testing::Values("netns", "sim"), [](const auto& of) { return of.param; });

struct Shipped {
  std::string file, backend;
};

void PrintTo(const Shipped& shipped, std::ostream* out) { *out << shipped.file << " " << shipped.backend; }

class ShippedScenario : public testing::TestWithParam<Shipped> {
 protected:
  void SetUp() override {
    if (GetParam().backend == "netns") SKIP_WITHOUT_NAMESPACES();
  }
};

TEST_P(ShippedScenario, IsAsItExpects) {
  const auto result = programs::run({"natlab", "verify", scenario(GetParam().file), "--backend", GetParam().backend},
                                    {.timeout = std::chrono::minutes(2)});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

INSTANTIATE_TEST_SUITE_P(All, ShippedScenario,
                         testing::Values(Shipped{"experiment-2005.json", "sim"}, Shipped{"kernel.json", "sim"},
                                         Shipped{"kinds.json", "sim"}, Shipped{"lossy.json", "sim"},
                                         Shipped{"kernel.json", "netns"}, Shipped{"carrier.json", "sim"},
                                         Shipped{"carrier.json", "netns"}, Shipped{"dual-stack.json", "sim"},
                                         Shipped{"dual-stack.json", "netns"}),
                         [](const auto& of) {
                           std::string name = of.param.file + "_" + of.param.backend;
                           std::ranges::replace_if(
                               name, [](char c) { return c == '-' || c == '.'; }, '_');
                           return name;
                         });

}  // namespace verify_test
