// Two people on the phone verify a pair: consoles behind two NATs, on real packets. And the claims of the 2005 article.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "lab/wire/process.h"
#include "tests/netns/stations.h"
#include "tests/programs/program.h"

namespace console_netns_test {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

constexpr const char* natpunch = NATSCOPE_BIN "/natpunch";

class Consoles : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }

  struct World {
    lab::StopSignals stop;
    lab::Scenario scenario;
    lab::WiredLab lab{scenario};
    lab::Process rendezvous{
        lab.rendezvous().where, {.words = {natpunch, "rendezvous", "--listen", place(), "--store", "none"}}, stop};

    explicit World(const std::string& kind) : scenario(scenario_of(kind)) {
      rendezvous.wait_for_line("listening on tcp", 10s);
    }
    [[nodiscard]] static lab::Scenario scenario_of(const std::string& kind) {
      lab::Scenario out = netns::hosts_behind_nats(2);
      for (auto& nat : out.nats) nat.profile = *lab::find_profile(kind);
      out.rendezvous = true;
      return out;
    }
    [[nodiscard]] std::string place() const { return net::to_string(lab.rendezvous().addresses.front()); }
    // A console on the host, to which this shell types.
    [[nodiscard]] lab::Process console(const std::string& host, const std::string& behavior,
                                       const std::string& typist) {
      const std::string command = "(" + typist + ") | " + natpunch + " console --rendezvous " + place() + " --name " +
                                  host + " --behavior " + behavior;
      return {lab.host(host).where, {.words = {"sh", "-c", command}}, stop};
    }
  };
};

TEST_F(Consoles, TwoBehindTwoNats_SendTexts_OverThePathTheyPunched) {
  World world("eim-apdf-random");
  lab::Process second = world.console("host2", "EIM/APDF", "sleep 60");
  second.wait_for_line("registered host2 at", 10s);
  lab::Process first = world.console("host1", "EIM/APDF", "echo 'send host2 can you  read this?'; echo quit");
  EXPECT_EQ(first.wait(30s), 0);
  EXPECT_THAT(first.out(), AllOf(HasSubstr("host2: direct path, by "), HasSubstr("host2: acknowledged in "),
                                 HasSubstr(", direct\n")))
      << first.err();
  second.wait_for_line("host1: can you  read this?", 5s);
}

TEST_F(Consoles, TwoBehindSymmetricNats_AreRelayed_AndToldSo) {
  World world("symmetric");
  lab::Process second = world.console("host2", "APDM/APDF", "sleep 60");
  second.wait_for_line("registered host2 at", 10s);
  lab::Process first = world.console("host1", "APDM/APDF", "echo 'send host2 by hand'; echo quit");
  EXPECT_EQ(first.wait(60s), 0);
  EXPECT_THAT(first.out(), HasSubstr("host2: acknowledged, relayed by the rendezvous: no direct path\n"))
      << first.err();
  second.wait_for_line("host1 (relayed): by hand", 5s);
}

// ---- the 2005 article ----------------------------------------------------------------------------------------------

class Article : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { SKIP_WITHOUT_NAMESPACES(); }
};

TEST_P(Article, Claim_IsAsTheScenarioSays_OnRealPackets) {
  const std::string file = std::string(NATSCOPE_SCENARIOS) + "/the-2005-article/" + GetParam() + ".json";
  const auto result = programs::run({"natlab", "verify", file, "--backend", "netns"}, {.timeout = 2min});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}
INSTANTIATE_TEST_SUITE_P(Main, Article, testing::Values("rule-c", "case-2", "case-3"), [](const auto& claim) {
  std::string name = claim.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace console_netns_test
