#include "traversal/strategy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "traversal/birthday_spray.h"

namespace strategy_test {

using namespace traversal;
using namespace std::chrono_literals;

Plan plan_towards(const std::vector<Candidate>& candidates) {
  net::Random random(1);
  return find_strategy("simultaneous-open")->plan({}, {.candidates = candidates}, random);
}

const Candidate reflexive{CandidateType::ServerReflexive, net::endpoint("192.0.2.1:4711")};
const Candidate inside{CandidateType::Host, net::endpoint("192.168.0.2:4711")};

TEST(SimultaneousOpen, SendsABurstOfFour_Then20ASecond) {
  const Plan plan = plan_towards({reflexive});
  ASSERT_GT(plan.checks.size(), 20U);
  EXPECT_EQ(plan.checks[0].at, 0ms);
  EXPECT_EQ(plan.checks[3].at, 30ms);
  for (std::size_t i = 4; i < plan.checks.size(); ++i) EXPECT_EQ(plan.checks[i].at - plan.checks[i - 1].at, 50ms);
}

TEST(SimultaneousOpen, KeepsTheLimitOfAPunch_HoweverManyCandidates) {
  for (std::size_t count = 1; count <= 8; ++count) {
    EXPECT_LE(plan_towards(std::vector<Candidate>(count, reflexive)).checks.size(), most_checks_before_an_answer);
  }
}

TEST(SimultaneousOpen, CandidatesTakeTurns) {
  const Plan plan = plan_towards({inside, reflexive});
  EXPECT_EQ(plan.checks[0].to, inside.endpoint);
  EXPECT_EQ(plan.checks[1].to, reflexive.endpoint);
  EXPECT_EQ(plan.checks[2].to, inside.endpoint);
}

TEST(SimultaneousOpen, EndsAfterItsLastCheckHadTimeToBeAnswered) {
  const Plan plan = plan_towards({reflexive});
  EXPECT_GE(plan.length - plan.checks.back().at, 100ms);
}

TEST(SimultaneousOpen, WithNobodyToReach_IsEmpty) { EXPECT_TRUE(plan_towards({}).checks.empty()); }

// ---- the others ----------------------------------------------------------------------------------------------------

const Candidate theirs{CandidateType::ServerReflexive, net::endpoint("192.0.2.1:4711")};
const Candidate mapped{CandidateType::Mapped, net::endpoint("192.0.2.1:25000")};
const Candidate ours{CandidateType::ServerReflexive, net::endpoint("198.51.100.1:4000")};

net::NatBehavior behavior(const char* name, std::optional<net::PortAllocation> allocation = std::nullopt) {
  net::NatBehavior out = *net::parse_short(name);
  out.allocation = allocation;
  return out;
}

Plan planned(const char* strategy, const net::NatBehavior& local, const net::NatBehavior& remote,
             const std::optional<PortPattern>& ports = std::nullopt) {
  net::Random random(1);
  return find_strategy(strategy)->plan({local, {ours}}, {remote, {theirs}, ports}, random);
}

// In the order of first use.
std::vector<unsigned> ports_asked(const Plan& plan) {
  std::vector<unsigned> ports;
  for (const PlannedCheck& check : plan.checks) {
    if (std::find(ports.begin(), ports.end(), check.to.port) == ports.end()) ports.push_back(check.to.port);
  }
  return ports;
}

using enum net::PortAllocation;
using Ports = std::vector<unsigned>;

TEST(PortPrediction, TriesTheKnownPort_AndTheNextThree_OfAPredictableNat) {
  const auto plan = planned("port-prediction", behavior("EIM/APDF"), behavior("APDM/APDF", Sequential), PortPattern{7});
  EXPECT_EQ(ports_asked(plan), (Ports{4711, 4718, 4725, 4732}));
  EXPECT_LE(plan.checks.size(), most_checks_before_an_answer);
}

TEST(PortPrediction, WhereBothMustBeRightAtOnce_OnlyTheGuesses_InTheSameOrder) {
  const auto plan = planned("port-prediction", behavior("APDM/APDF", Sequential), behavior("APDM/APDF", Preserving));
  EXPECT_EQ(ports_asked(plan), (Ports{4712, 4713, 4714}));
}

TEST(PortPrediction, TowardsASteadyPort_IsThatPort) {
  const auto plan = planned("port-prediction", behavior("APDM/APDF", Sequential), behavior("EIM/APDF"));
  EXPECT_EQ(ports_asked(plan), (Ports{4711}));
}

TEST(ResponderFirst, TheSideWithDependentMappingWaits) {
  const auto responder = behavior("EIM/ADF");
  const auto initiator = behavior("APDM/APDF", Random);
  EXPECT_EQ(planned("responder-first", responder, initiator).checks.front().at, 0ms);
  EXPECT_EQ(planned("responder-first", initiator, responder).checks.front().at, 100ms);
}

TEST(LowTtlPrimer, ExpiresOnTheWay_BeforeAnyCheckThatArrives) {
  const auto plan = planned("low-ttl-primer", behavior("EIM/APDF"), behavior("EIM/APDF"));
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(plan.checks[i].ttl, std::uint8_t{2});
  EXPECT_EQ(plan.checks[3].ttl, std::nullopt);
  EXPECT_GE(plan.checks[3].at, 300ms);
}

TEST(BirthdaySpray, OneSideOpens256Ports_TheOtherTries1024) {
  const auto cone = behavior("EIM/APDF");
  const auto symmetric = behavior("APDM/APDF", Random);
  const auto opens = planned("birthday-spray", symmetric, cone);
  EXPECT_EQ(opens.sockets, 256U);
  EXPECT_EQ(opens.checks.size(), 1024U);
  EXPECT_EQ(ports_asked(opens), (Ports{4711}));
  const auto searches = planned("birthday-spray", cone, symmetric);
  EXPECT_EQ(searches.sockets, 1U);
  EXPECT_EQ(searches.checks.size(), 1024U);
  EXPECT_GE(ports_asked(searches).size(), 1020U);
  for (const auto& check : searches.checks) EXPECT_EQ(check.to.address, theirs.endpoint.address);
}

TEST(BirthdaySpray, NeverMoreThanAHundredInASecond) {
  for (const auto& [local, remote] : {std::pair{"EIM/APDF", "APDM/APDF"}, {"APDM/APDF", "EIM/APDF"}}) {
    const auto plan = planned("birthday-spray", behavior(local, Random), behavior(remote, Random));
    for (std::size_t i = 100; i < plan.checks.size(); ++i) {
      EXPECT_GT(plan.checks[i].at - plan.checks[i - 100].at, 1s) << i;
    }
    EXPECT_LE(plan.length, find_strategy("birthday-spray")->longest);
  }
}

TEST(BirthdaySpray, WhereBothMightSearch_ExactlyOneDoes) {
  const auto kind = behavior("ADM/ADF", Random);
  net::Random random(1);
  const auto* spray = find_strategy("birthday-spray");
  const auto one = spray->plan({kind, {ours}}, {kind, {theirs}}, random);
  const auto other = spray->plan({kind, {theirs}}, {kind, {ours}}, random);
  EXPECT_EQ(one.sockets + other.sockets, 257U);
}

TEST(BirthdaySpray, StaysInsideAKnownBlock_AndLeavesASmallOneSomePorts) {
  const PortPattern block{.range = PortRange{33792, 35839}};
  for (const unsigned port :
       ports_asked(planned("birthday-spray", behavior("EIM/APDF"), behavior("APDM/APDF", Block), block))) {
    EXPECT_TRUE(port == 4711 || (port >= 33792 && port <= 35839)) << port;
  }
  net::Random random(1);
  const PortPattern small{.range = PortRange{33792, 33855}};
  const auto plan = find_strategy("birthday-spray")
                        ->plan({behavior("APDM/APDF", Block), {ours}, small}, {behavior("EIM/APDF"), {theirs}}, random);
  EXPECT_EQ(plan.sockets, 16U);
}

// The published and computed odds (tests/vectors/birthday.json).
TEST(BirthdayOdds, AreThoseOfTheTable) {
  std::ifstream file(NATSCOPE_VECTORS "/birthday.json");
  const auto document = nlohmann::json::parse(file);
  std::size_t compared = 0;
  for (const auto& row : document.at("table")) {
    for (const auto& [checks, odds] : row.at("p_at").items()) {
      EXPECT_NEAR(birthday_odds(row.at("sockets"), std::stoul(checks), row.at("W")), odds.get<double>(), 2e-6)
          << row.dump();
      ++compared;
    }
  }
  EXPECT_GT(compared, 300U);
}

struct BestRow {
  net::NatBehavior a;
  net::NatBehavior b;
  std::vector<std::string> best;
};

TEST(BestStrategies, GoByBothBehavioursAndAllocation) {
  const std::vector<BestRow> rows = {
      {behavior("EIM/EIF"), behavior("EIM/APDF"), {"simultaneous-open", "low-ttl-primer"}},
      {behavior("EIM/ADF"), behavior("ADM/APDF", Random), {"simultaneous-open", "responder-first", "low-ttl-primer"}},
      {behavior("APDM/APDF", Sequential),
       behavior("EIM/APDF"),
       {"port-prediction", "simultaneous-open", "port-prediction"}},
      {behavior("APDM/APDF", Random), behavior("EIM/APDF"), {"simultaneous-open", "birthday-spray", "birthday-spray"}},
      {behavior("APDM/APDF", Random), behavior("APDM/APDF", Sequential), {"birthday-spray"}},
      {behavior("APDM/APDF"), behavior("EIM/APDF"), {"simultaneous-open"}},
      {behavior("?/?"), behavior("?/?"), {"simultaneous-open"}},
      {behavior("APDM/APDF", PreservingOverloading),
       behavior("APDM/APDF", PreservingOverloading),
       {"simultaneous-open", "low-ttl-primer"}},
  };
  for (const auto& [a, b, best] : rows) {
    EXPECT_EQ(best_strategies({.behaviors = {{a, b}}}), best) << net::short_name(a) << " x " << net::short_name(b);
  }
  const auto symmetric = behavior("APDM/APDF", Random);
  EXPECT_EQ(best_strategies({.behaviors = {{symmetric, symmetric}}, .same_nat = true}),
            (std::vector<std::string>{"simultaneous-open", "lan", "hairpin"}));
}

TEST(BestStrategies, AMappedPort_ComesBeforeWhatIsGuessed) {
  const auto random = behavior("APDM/APDF", Random);
  const std::vector<BestRow> rows = {
      {behavior("EIM/EIF"), behavior("EIM/APDF"), {"simultaneous-open", "port-mapped", "low-ttl-primer"}},
      {behavior("APDM/APDF", Sequential),
       behavior("EIM/APDF"),
       {"port-mapped", "port-prediction", "simultaneous-open", "port-prediction"}},
      {random, behavior("EIM/APDF"), {"simultaneous-open", "port-mapped", "birthday-spray", "birthday-spray"}},
      {random, random, {"port-mapped"}},
      {behavior("?/?"), behavior("?/?"), {"simultaneous-open", "port-mapped"}},
  };
  for (const auto& [a, b, best] : rows) {
    EXPECT_EQ(best_strategies({.behaviors = {{a, b}}, .maps_ports = {{false, true}}}), best)
        << net::short_name(a) << " x " << net::short_name(b);
  }
}

TEST(PortMapped, SendsToMappedPortsAlone) {
  net::Random random(1);
  const auto plan = find_strategy("port-mapped")->plan;
  EXPECT_TRUE(plan({}, {.candidates = {theirs, inside}}, random).checks.empty());
  const Plan towards_one = plan({}, {.candidates = {mapped, theirs}}, random);
  ASSERT_FALSE(towards_one.checks.empty());
  for (const PlannedCheck& check : towards_one.checks) EXPECT_EQ(check.to, mapped.endpoint);
}

TEST(PortMapped, NeedsARouterThatMaps_AndUdp) {
  const auto blocked = *net::parse_short("udp-blocked");
  const auto obstacle = find_strategy("port-mapped")->obstacle;
  EXPECT_EQ(obstacle({.maps_ports = {{true, false}}}), "");
  EXPECT_NE(obstacle({}), "");
  EXPECT_EQ(obstacle({.behaviors = {{blocked, {}}}, .maps_ports = {{true, true}}}), "UDP is blocked");
}

TEST(Strategies, NoPlanIsLongerThanItsStrategySays_OrGoesPastItsChecks) {
  net::Random random(1);
  for (const Strategy& strategy : strategies()) {
    for (const auto& [local, remote] : {std::pair{"EIM/ADF", "APDM/APDF"}, {"APDM/APDF", "EIM/ADF"}}) {
      const Plan plan = strategy.plan({behavior(local, Random), {ours, inside}},
                                      {behavior(remote, Random), {mapped, theirs, inside}}, random);
      EXPECT_LE(plan.length, strategy.longest) << strategy.name;
      EXPECT_LE(plan.checks.size(), plan.most_checks) << strategy.name;
      ASSERT_FALSE(plan.checks.empty()) << strategy.name;
      EXPECT_LT(plan.checks.back().at, plan.length) << strategy.name;
    }
  }
}

TEST(Strategies, AreFoundByName) {
  for (const Strategy& strategy : strategies()) EXPECT_EQ(find_strategy(strategy.name), &strategy);
  EXPECT_EQ(find_strategy("telepathy"), nullptr);
}

}  // namespace strategy_test
