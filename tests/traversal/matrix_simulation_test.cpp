// The compatibility matrix through real rendezvous, peers and NATs, in memory: what was predicted is what happens.

#include <gtest/gtest.h>

#include <algorithm>

#include "traversal/predict.h"
#include "world.h"

namespace matrix_simulation_test {

using namespace tests;
using traversal::Outcome;
using traversal::Prediction;

const std::vector<std::string> nine_kinds = {"EIM/EIF",  "EIM/ADF",  "EIM/APDF", "ADM/EIF",  "ADM/ADF",
                                             "ADM/APDF", "APDM/EIF", "APDM/ADF", "APDM/APDF"};

// Host names cannot hold a slash.
std::string host_name(const std::string& kind, int number) {
  std::string name = kind + "-" + std::to_string(number);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

Outcome expected_outcome(const traversal::Theory& theory) {
  if (theory.result != Prediction::Direct) return Outcome::Failed;
  return theory.path == traversal::Path::SameFiveTuple ? Outcome::Direct : Outcome::Asymmetric;
}

// Two hosts of each kind, so that all 45 pairs of kinds are met, those of equal kind too.
class NineByNine : public testing::TestWithParam<std::tuple<std::uint64_t, double>> {};

TEST_P(NineByNine, ConnectsExactly_WhatTheoryAllows) {
  const auto [seed, loss] = GetParam();
  World world({.seed = seed, .link = {.delay = 10ms, .loss = loss}});
  std::map<std::string, net::NatBehavior> behaviors;
  for (const std::string& kind : nine_kinds) {
    for (const int number : {1, 2}) {
      world.add_peer(host_name(kind, number), nat(kind));
      behaviors[host_name(kind, number)] = *net::parse_short(kind);
    }
  }
  const auto matrix = world.matrix({.strategies = {"simultaneous-open"}, .trials = 3}, 2h);
  ASSERT_EQ(matrix.pairs.size(), 18U * 17 / 2);
  for (const auto& pair : matrix.pairs) {
    SCOPED_TRACE(pair.a + " x " + pair.b + ": " + pair.why);
    const auto theory = traversal::predict(behaviors[pair.a], behaviors[pair.b]);
    EXPECT_EQ(pair.predicted, theory.result);
    EXPECT_FALSE(disagrees(pair));
    EXPECT_EQ(pair.trials, 3U);
    EXPECT_EQ(pair.attempts.size(), 3U);
    const Outcome expected = expected_outcome(theory);
    for (const auto& attempt : pair.attempts) {
      const Outcome seen = attempt.outcome == Outcome::OneWay ? Outcome::Failed : attempt.outcome;
      EXPECT_EQ(to_string(seen), to_string(expected)) << "trial " << attempt.trial << ": " << attempt.why;
    }
    EXPECT_EQ(pair.successes, connected(expected) ? 3U : 0U);
    EXPECT_EQ(to_string(pair.outcome == Outcome::OneWay ? Outcome::Failed : pair.outcome), to_string(expected));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, NineByNine,
                         testing::Combine(testing::Range<std::uint64_t>(1, 6), testing::Values(0.0, 0.1)));

TEST(MatrixSimulation, OneWayCells_NameTheDirection) {
  World world;
  world.add_peer("a", nat("APDM/EIF"));
  world.add_peer("b", nat("EIM/APDF"));
  const auto pair = pair_of(world.matrix({.strategies = {"simultaneous-open"}}), "a", "b");
  EXPECT_EQ(pair.outcome, Outcome::OneWay);
  EXPECT_EQ(pair.direction, "b-to-a");
  EXPECT_EQ(pair.why, "no check arrived at b");
}

TEST(MatrixSimulation, OverloadingNats_ConnectThoughSymmetricByRule) {
  World world;
  for (const char* name : {"a", "b", "c"}) {
    world.add_peer(name, nat("APDM/APDF", net::PortAllocation::PreservingOverloading));
  }
  const auto matrix = world.matrix();
  for (const auto& pair : matrix.pairs) {
    EXPECT_EQ(pair.outcome, Outcome::Direct);
    EXPECT_EQ(pair.predicted, Prediction::Needs2PortsJointly);  // by mapping and filtering alone
    EXPECT_TRUE(disagrees(pair));
  }
}

TEST(MatrixSimulation, HostsBehindOneNat_ConnectByTheirInsideAddresses) {
  World world;
  world.add_peer("a", nat("APDM/APDF"));
  world.add_neighbour("b", "a");
  world.add_peer("c", nat("EIM/EIF"));
  const auto matrix = world.matrix();
  EXPECT_EQ(pair_of(matrix, "a", "b").predicted, Prediction::SameNat);
  EXPECT_EQ(pair_of(matrix, "a", "b").outcome, Outcome::Direct);
  EXPECT_EQ(pair_of(matrix, "a", "c").predicted, Prediction::Direct);
}

TEST(MatrixSimulation, HostsWithoutNat_ConnectInOneRoundTrip) {
  World world;
  world.add_peer("a", *lab::find_profile("no-nat"));
  world.add_peer("b", *lab::find_profile("no-nat"));
  const auto pair = pair_of(world.matrix({.trials = 3}), "a", "b");
  EXPECT_EQ(pair.outcome, Outcome::Direct);
  ASSERT_TRUE(pair.connect);
  EXPECT_LE(pair.connect->max, 45ms);  // 40 ms from host to host and back
  EXPECT_EQ(pair.connect->min, pair.connect->max);
}

TEST(MatrixSimulation, AnUnlikeDelay_StillStartsBothTogether) {
  World world;
  world.add_peer("near", nat("EIM/APDF"));
  const auto far = world.bed.add_site(nat("EIM/APDF"), {.delay = 150ms});
  world.add_peer_at("far", far.host, lab::declared(nat("EIM/APDF")), "correct horse");
  const auto pair = pair_of(world.matrix(), "near", "far");
  EXPECT_EQ(pair.outcome, Outcome::Direct);
  ASSERT_TRUE(pair.connect);
  EXPECT_LE(pair.connect->max, 330ms + 60ms);
}

TEST(MatrixSimulation, TheNinePairMatrix_TakesSecondsAPair) {
  World world;
  for (const std::string& kind : nine_kinds) world.add_peer(host_name(kind, 1), nat(kind));
  EXPECT_LE(world.matrix({.strategies = {"simultaneous-open"}}).duration, 45 * 2500ms);
}

TEST(MatrixSimulation, OnlyThePairsAskedFor_AreTried) {
  World world;
  for (const char* name : {"a", "b", "c", "d"}) world.add_peer(name, nat("EIM/EIF"));
  const auto matrix = world.matrix({.pairs = {{"c", "b"}, {"a", "d"}}});
  ASSERT_EQ(matrix.pairs.size(), 2U);
  EXPECT_EQ(matrix.pairs[0].a + matrix.pairs[0].b + matrix.pairs[1].a + matrix.pairs[1].b, "adcb");
  EXPECT_EQ(matrix.hosts.size(), 4U);
}

TEST(MatrixSimulation, IsTheSameOverIPv6) {
  World world({.family = net::Family::V6});
  world.add_peer("a", nat("EIM/APDF"));
  world.add_peer("b", nat("APDM/ADF"));
  world.add_peer("c", nat("EIM/ADF"));
  world.add_neighbour("d", "a");
  const auto matrix = world.matrix({.strategies = {"simultaneous-open"}});
  ASSERT_EQ(matrix.pairs.size(), 6U);
  for (const auto& pair : matrix.pairs) EXPECT_FALSE(disagrees(pair)) << pair.a << pair.b;
  EXPECT_EQ(pair_of(matrix, "a", "b").outcome, Outcome::Failed);
  EXPECT_EQ(pair_of(matrix, "b", "c").outcome, Outcome::Direct);
  EXPECT_EQ(pair_of(matrix, "a", "d").outcome, Outcome::Direct);
}

TEST(MatrixSimulation, MorePairsThanADatagramHolds_AreRefusedBeforeAnythingIsSent) {
  World world;
  world.add_peer("a", nat("EIM/EIF"));
  world.add_peer("b", nat("EIM/EIF"));
  world.wait_until_registered();
  const auto& client = world.ask({.pairs = std::vector<traversal::NamePair>(2000, {"a", "b"})});
  world.bed.simulator.run_for(1ms);
  EXPECT_TRUE(client.failure());
}

TEST(MatrixSimulation, ThirtyOfAHundredAgentsLost_TheOthersAllFinish) {
  World world;
  std::vector<lab::AgentId> lost;
  for (int i = 0; i < 100; ++i) {
    const auto agent = world.add_peer("host-" + std::to_string(i), nat("EIM/EIF"));
    if (i % 10 < 3) lost.push_back(agent);
  }
  world.wait_until_registered();
  const auto& client = world.ask();
  world.bed.simulator.run_for(2s);
  for (const auto agent : lost) world.bed.simulator.kill(agent);
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 10min));
  ASSERT_TRUE(client.matrix());
  EXPECT_EQ(client.matrix()->pairs.size(), 4950U);
  const auto& pairs = client.matrix()->pairs;
  const auto finished = std::count_if(pairs.begin(), pairs.end(), [](const auto& p) { return connected(p.outcome); });
  EXPECT_GE(finished, 2415);
  for (const auto& pair : pairs) EXPECT_TRUE(connected(pair.outcome) || pair.outcome == Outcome::AgentLost);
}

// At 40 ms there and back, and with every tenth packet lost each way: page after page it would take over a minute.
TEST(MatrixSimulation, AFinishedMatrix_IsFetchedSoon) {
  World world({.seed = 5, .link = {.delay = 10ms, .loss = 0.1}});
  for (int i = 0; i < 20; ++i) world.add_peer("h" + std::to_string(i), nat("EIM/APDF"));
  world.wait_until_registered();
  const auto& client = world.ask({.trials = 3, .hold = 200ms});
  world.wait_until_played(client);
  const net::TimePoint ended = world.bed.simulator.now();
  ASSERT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, ended + 1h));
  ASSERT_TRUE(client.matrix()) << client.failure().value();
  EXPECT_EQ(client.matrix()->pairs.size(), 190U);
  EXPECT_LT(net::to_seconds(world.bed.simulator.now() - ended), 15.0);
}

}  // namespace matrix_simulation_test
