// Events while a scenario plays, with real packets and in memory: what they break is told, nothing else changes.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace event_test {

using nlohmann::json;
using testing::HasSubstr;

class Events : public testing::TestWithParam<std::string> {  // the backend
 protected:
  void SetUp() override {
    if (GetParam() == "netns") SKIP_WITHOUT_NAMESPACES();
  }

  // The document of a play of hosts a (behind full cone "na"), b (behind port-restricted cone "nb") and c in the open.
  json play(const std::string& events, bool rendezvous = true) {
    const auto file = folder_.file("events.json", fmt::format(R"({{
      "schema": "natscope/scenario/1", "name": "events", "link": {{"delay_ms": 25}},
      "reflectors": [{{"name": "r1", "partner": "r2"}}, {{"name": "r2", "partner": "r1"}}], "rendezvous": {},
      "nats": [{{"name": "na", "profile": "full-cone"}}, {{"name": "nb", "profile": "port-restricted-cone"}}],
      "hosts": [{{"name": "a", "behind": "na"}}, {{"name": "b", "behind": "nb"}}, {{"name": "c"}}],
      "matrix": {{"strategies": ["simultaneous-open"]}}, "events": [{}]}})",
                                                              rendezvous, events));
    result_ =
        programs::run({"natlab", "verify", file.string(), "--backend", GetParam(), "--out", folder_.path().string()},
                      {.timeout = std::chrono::minutes(2)});
    EXPECT_LE(result_.exit_code, 1) << result_.err;
    std::ifstream in(folder_.path() / "report.json");
    return json::parse(std::string{std::istreambuf_iterator<char>(in), {}});
  }
  [[nodiscard]] static json verdict(const json& document, const std::string& host) {
    for (const auto& entry : document.at("hosts"))
      if (entry.at("name") == host) return entry.at("probe").at("verdict");
    return {};
  }
  [[nodiscard]] static json pair(const json& document, const std::string& a, const std::string& b) {
    for (const auto& entry : document.at("pairs"))
      if (entry.at("a") == a && entry.at("b") == b) return entry;
    return {};
  }

  programs::TemporaryDirectory folder_;
  programs::Result result_;
};

TEST_P(Events, AFlushedNat_NeverLeadsToAWrongVerdict) {
  const json document = play(R"(
    {"at_s": 0.06, "do": "flush", "nat": "na"}, {"at_s": 0.11, "do": "flush", "nat": "na"},
    {"after_packets": 10, "through": "nb", "do": "flush", "nat": "nb"},
    {"after_packets": 25, "through": "nb", "do": "flush", "nat": "nb"},
    {"at_s": 0.31, "do": "flush", "nat": "nb"})",
                             false);
  for (const auto& [host, truth] : {std::pair("a", "endpoint-independent"), {"b", "address-and-port-dependent"}}) {
    const json found = verdict(document, host);
    const json mapping = found.at("mapping").at("value");
    const json filtering = found.at("filtering").at("value");
    EXPECT_TRUE(mapping.is_null() || mapping == "endpoint-independent") << host << mapping;
    EXPECT_TRUE(filtering.is_null() || filtering == truth) << host << filtering;
  }
}

TEST_P(Events, ACutPartner_LeavesFilteringUnknown_WithAReason) {
  const json document = play(R"({"at_s": 0, "do": "cut", "link": "r2"})", false);
  for (const char* host : {"a", "c"}) {
    const json filtering = verdict(document, host).at("filtering");
    EXPECT_TRUE(filtering.at("value").is_null()) << host << filtering;
    EXPECT_FALSE(filtering.at("why").is_null());
  }
  // The other port of the reflector that is left proves it: what filters ports filters addresses too.
  EXPECT_EQ(verdict(document, "b").at("filtering").at("value"), "address-and-port-dependent");
}

TEST_P(Events, AKilledReflector_ThatIsRestarted_JoinsItsPartnerAgain) {
  const json document = play(R"(
    {"at_s": 0, "do": "suspend", "program": "probe a"}, {"at_s": 4, "do": "resume", "program": "probe a"},
    {"at_s": 0.01, "do": "kill", "program": "reflector r2"}, {"at_s": 1, "do": "restart", "program": "reflector r2"},
    {"at_s": 4, "do": "restart", "program": "probe a"})",
                             false);
  EXPECT_EQ(verdict(document, "a").at("filtering").at("value"), "endpoint-independent") << result_.out;
}

TEST_P(Events, AKilledProbe_IsUnknown_AndSaidToBeKilled) {
  const json document = play(R"(
    {"at_s": 0, "do": "suspend", "program": "probe c"}, {"at_s": 0.2, "do": "kill", "program": "probe c"})");
  EXPECT_EQ(verdict(document, "c").at("class"), "unknown");
  EXPECT_EQ(verdict(document, "c").at("mapping").at("why"), "natprobe was killed");
  EXPECT_EQ(pair(document, "a", "b").at("outcome"), "direct");
  EXPECT_EQ(result_.exit_code, 1);
}

TEST_P(Events, AKilledProbe_ThatIsRestarted_GivesItsVerdict) {
  const json document = play(R"(
    {"at_s": 0.01, "do": "kill", "program": "probe b"}, {"at_s": 0.5, "do": "restart", "program": "probe b"})",
                             false);
  EXPECT_EQ(verdict(document, "b").at("rfc3489"), "port-restricted-cone");
}

TEST_P(Events, AKilledPeer_IsLost_AndTheOthersGoOn) {
  const json document = play(R"({"when": "registered", "do": "kill", "program": "peer b"})");
  EXPECT_EQ(pair(document, "a", "b").at("outcome"), "agent-lost");
  EXPECT_EQ(pair(document, "b", "c").at("outcome"), "agent-lost");
  EXPECT_EQ(pair(document, "a", "c").at("outcome"), "direct");
}

TEST_P(Events, AKilledRendezvous_LeavesPairsUnplayed_WithAReason) {
  const json document = play(R"({"when": "registered", "do": "kill", "program": "rendezvous"})");
  EXPECT_EQ(pair(document, "a", "b").at("outcome"), "not-run");
  EXPECT_THAT(pair(document, "a", "b").at("why").get<std::string>(), HasSubstr("rendezvous"));
}

TEST_P(Events, AReaddressedNat_AndARebootedOne_AreFoundAtTheirNewPlace) {
  const json document = play(R"(
    {"when": "probed", "do": "readdress", "nat": "na", "addresses": ["203.0.113.99"]},
    {"when": "probed", "do": "reboot", "nat": "nb", "for_s": 0.3})");
  EXPECT_EQ(pair(document, "a", "b").at("outcome"), "direct") << result_.out;
  EXPECT_EQ(pair(document, "a", "c").at("outcome"), "direct");
  EXPECT_THAT(document.at("hosts").dump(), HasSubstr("203.0.113.99"));
}

INSTANTIATE_TEST_SUITE_P(Backends, Events, testing::Values("netns", "sim"), [](const auto& of) { return of.param; });

}  // namespace event_test
