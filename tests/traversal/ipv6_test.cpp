// IPv6 as a path of its own, through real rendezvous, peers, NATs and firewalls, in memory.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "world.h"

namespace ipv6_test {

using namespace tests;
using namespace traversal;
using enum net::PortAllocation;
using enum net::Family;
using testing::HasSubstr;

const lab::NatProfile symmetric = nat("APDM/APDF", Random);

class DualStack : public testing::Test {
 protected:
  World world_{{.dual_stack = true}};

  Matrix play(MatrixRequest request = {}) {
    world_.wait_until_registered();
    world_.bed.simulator.run_for(200ms);  // the other family is a round trip later
    return world_.matrix(std::move(request));
  }
};

TEST_F(DualStack, SymmetricNats_AreNoMatter_ThroughFirewallsOnBothSides) {
  world_.add_peer_of("a", symmetric, {V4, V6});
  world_.add_peer_of("b", symmetric, {V4, V6});
  const Matrix matrix = play({.trials = 3});
  const auto& pair = pair_of(matrix, "a", "b");
  EXPECT_EQ(pair.outcome, Outcome::Direct) << pair.why;
  EXPECT_EQ(pair.strategy, "ipv6-firewall");
  EXPECT_EQ(pair.successes, 3U);
  ASSERT_EQ(matrix.hosts.size(), 2U);
  for (const Host& host : matrix.hosts) EXPECT_THAT(host.external_other, HasSubstr("[2001:db8:9:")) << host.name;
}

TEST(Ipv6, ConnectsInAll_UnderLoss) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    World world({.seed = seed, .link = {.delay = 10ms, .loss = 0.1}, .dual_stack = true});
    world.add_peer_of("a", symmetric, {V4, V6});
    world.add_peer_of("b", symmetric, {V4, V6});
    world.wait_until_registered();
    world.bed.simulator.run_for(3s);
    EXPECT_EQ(pair_of(world.matrix({.strategies = {"ipv6-firewall"}}), "a", "b").outcome, Outcome::Direct) << seed;
  }
}

// The one who is called is "a", whose address is the lower one.
TEST_F(DualStack, Directly_WhereNoFirewallFiltersTheOneThatIsCalled) {
  world_.add_peer_of("a", nat("APDM/EIF", Random), {V4, V6});
  world_.add_peer_of("b", symmetric, {V4, V6});
  world_.add_peer_of("c", symmetric, {V4, V6});
  const Matrix matrix = play({.strategies = {"ipv6-direct"}});
  EXPECT_EQ(pair_of(matrix, "a", "b").outcome, Outcome::Direct);
  EXPECT_EQ(pair_of(matrix, "a", "c").outcome, Outcome::Direct);
  EXPECT_EQ(pair_of(matrix, "b", "c").outcome, Outcome::Failed);
}

TEST_F(DualStack, OneFamilyEach_IsToldSo_AndNothingIsSent) {
  world_.add_peer_of("v4", nat("EIM/EIF"), {V4});
  world_.add_peer_of("v6", nat("EIM/EIF"), {V6});
  const auto pair = pair_of(play(), "v4", "v6");
  EXPECT_EQ(pair.predicted, Prediction::Impossible);
  EXPECT_EQ(pair.outcome, Outcome::NotRun);
  EXPECT_THAT(pair.why, HasSubstr("no address family in common"));
  EXPECT_EQ(world_.peer("v4").attempts(), 0U);
}

TEST_F(DualStack, RegisteredOverDifferentFamilies_MeetInTheOneTheyShare) {
  world_.add_peer_of("both", symmetric, {V4, V6});
  world_.add_peer_of("six", symmetric, {V6});
  const auto pair = pair_of(play(), "both", "six");
  EXPECT_EQ(pair.predicted, Prediction::Unknown);
  EXPECT_EQ(pair.outcome, Outcome::Direct) << pair.why;
  EXPECT_EQ(pair.strategy, "simultaneous-open");
}

TEST_F(DualStack, AHostWithoutIpv6_HasNoSuchPath) {
  world_.add_peer_of("a", nat("EIM/APDF"), {V4, V6});
  world_.add_peer_of("b", nat("EIM/APDF"), {V4});
  const auto pair = pair_of(play({.strategies = {"ipv6-firewall", "simultaneous-open"}}), "a", "b");
  ASSERT_EQ(pair.attempts.size(), 2U);
  EXPECT_EQ(pair.attempts[0].why, "one host does not reach the rendezvous over IPv6");
  EXPECT_EQ(pair.attempts[1].outcome, Outcome::Direct);
}

// Its own, and nobody else's, is what a peer can have the others sent to.
TEST_F(DualStack, ABrokenIpv6_IsForgotten) {
  world_.add_peer_of("a", nat("EIM/APDF"), {V4, V6});
  world_.add_peer_of("b", nat("EIM/APDF"), {V4, V6});
  world_.wait_until_registered();
  auto& bed = world_.bed;
  bed.simulator.run_for(1s);
  const net::IpAddress there = world_.rendezvous_endpoint(V6).address;
  bed.network.block(net::address("2001:db8:9:1::2"), there);
  bed.simulator.run_for(15s);
  const auto pair = pair_of(world_.matrix({.strategies = {"ipv6-firewall"}}), "a", "b");
  EXPECT_EQ(pair.outcome, Outcome::NotRun);
  EXPECT_EQ(pair.why, "one host does not reach the rendezvous over IPv6");
}

}  // namespace ipv6_test
