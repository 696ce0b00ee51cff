// Ports that a router maps when asked, through real rendezvous, peers and NATs, in memory: what no punch can reach
// connects, and nothing is left at the router.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "world.h"

namespace port_mapped_test {

using namespace tests;
using namespace traversal;
using enum net::PortAllocation;
using testing::HasSubstr;

const lab::NatProfile symmetric = nat("APDM/APDF", Random);
const MatrixRequest with_mapping{.strategies = {"port-mapped"}};

TEST(PortMapped, SymmetricWithSymmetric_Connects_WhereOneRouterMaps) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world({.seed = seed, .link = {.delay = 10ms, .loss = 0.1}});
    const MappingServer& router = world.add_mapped_peer("a", symmetric);
    world.add_peer("b", symmetric);
    const auto pair = pair_of(world.matrix({.trials = 2, .hold = 200ms}), "a", "b");
    EXPECT_EQ(pair.outcome, Outcome::Direct) << seed << ": " << pair.why;
    EXPECT_EQ(pair.successes, 2U) << seed;
    EXPECT_EQ(pair.strategy, "port-mapped");
    EXPECT_GE(router.made, 2U);
    world.bed.simulator.run_for(5s);
    EXPECT_TRUE(router.mappings.empty()) << seed;
    EXPECT_LE(router.longest_lease, 120s);
  }
}

// All 45 kinds of pairs, one router that maps.
TEST(PortMapped, ServesEveryKindOfNat) {
  const auto kinds = lab::grid_profiles(Random);
  World world;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    world.add_mapped_peer("mapped" + std::to_string(i), kinds[i]);
    world.add_peer("other" + std::to_string(i), kinds[i]);
  }
  const auto matrix = world.matrix(with_mapping, 2h);
  unsigned connected_pairs = 0;
  for (const PairOutcome& pair : matrix.pairs) {
    const bool maps = pair.a.starts_with("mapped") || pair.b.starts_with("mapped");
    EXPECT_EQ(pair.outcome, maps ? Outcome::Direct : Outcome::NotRun) << pair.a << " " << pair.b << ": " << pair.why;
    connected_pairs += connected(pair.outcome) ? 1U : 0U;
  }
  EXPECT_EQ(connected_pairs, 9U * 9U + 9U * 8U / 2U);
}

TEST(PortMapped, RefusedOrSilentRouter_IsTold_AndTheNextStrategyFollows) {
  for (const bool silent : {false, true}) {
    World world;
    MappingServer& router = world.add_mapped_peer("a", nat("EIM/APDF"));
    router.result = 2;
    router.silent = silent;
    world.add_peer("b", nat("EIM/APDF"));
    const auto pair = pair_of(world.matrix({.strategies = {"port-mapped", "simultaneous-open"}}), "a", "b");
    ASSERT_EQ(pair.attempts.size(), 2U);
    EXPECT_EQ(pair.attempts[0].outcome, Outcome::NotRun);
    EXPECT_EQ(pair.attempts[0].why, silent ? "a: pcp: no answer" : "a: pcp: not authorized");
    EXPECT_EQ(pair.attempts[1].outcome, Outcome::Direct);
  }
}

// Only the port is believed: nobody is sent to an address that the rendezvous has not seen.
TEST(PortMapped, ARouterBehindAnotherNat_IsOfNoUse) {
  const net::IpAddress victim = net::address("198.51.100.77");
  World world;
  world.add_mapped_peer("a", symmetric, victim);
  world.add_peer("b", symmetric);
  unsigned packets = 0;
  world.bed.network.watch([&](const lab::Sighting& seen) { packets += seen.packet.destination.address == victim; });
  const auto pair = pair_of(world.matrix(with_mapping), "a", "b");
  EXPECT_EQ(pair.outcome, Outcome::NotRun);
  EXPECT_THAT(pair.why, HasSubstr("behind another NAT"));
  EXPECT_EQ(packets, 0U);
}

TEST(PortMapped, NothingIsLeftAtTheRouter_WhenThePeerStopsInTheMidst) {
  World world;
  MappingServer& router = world.add_mapped_peer("a", symmetric);
  world.add_peer("b", symmetric);
  world.wait_until_registered();
  world.ask({.strategies = {"port-mapped"}, .hold = 30s});
  auto& simulator = world.bed.simulator;
  ASSERT_TRUE(simulator.run_until([&] { return !router.mappings.empty(); }, simulator.now() + 10s));
  simulator.run_for(1s);
  ASSERT_FALSE(router.mappings.empty()) << "it stands while the path is watched";
  world.peer("a").stop(simulator.now());
  world.bed.simulator.run_for(3s);
  EXPECT_TRUE(router.mappings.empty());
  EXPECT_TRUE(world.peer("a").finished());
}

}  // namespace port_mapped_test
