// Strategies through real rendezvous, peers and NATs, in memory: which one is chosen, which one connects, what is told
// of it afterwards.

#include <gtest/gtest.h>

#include <algorithm>

#include "world.h"

namespace strategies_simulation_test {

using namespace tests;
using namespace traversal;
using enum net::PortAllocation;

std::vector<std::string> tried(const PairOutcome& pair) {
  std::vector<std::string> names;
  for (const Attempt& attempt : pair.attempts) names.push_back(attempt.strategy);
  return names;
}

PairOutcome pair_between(const lab::NatProfile& a, const lab::NatProfile& b, MatrixRequest request = {},
                         const WorldSettings& settings = {}) {
  World world(settings);
  world.add_peer("a", a);
  world.add_peer("b", b);
  return pair_of(world.matrix(std::move(request)), "a", "b");
}

struct ChoiceRow {
  lab::NatProfile a;
  lab::NatProfile b;
  std::vector<std::string> tried;
};

TEST(Choice, TheBestComesFirst_TheNextOnFailure) {
  const std::vector<ChoiceRow> rows = {
      {nat("EIM/APDF"), nat("EIM/APDF"), {"simultaneous-open"}},
      {nat("EIM/APDF"), nat("APDM/APDF", Sequential), {"port-prediction"}},
      {nat("APDM/APDF", Preserving), nat("APDM/APDF", Sequential), {"port-prediction"}},
      {nat("EIM/APDF"), nat("APDM/APDF", Random), {"simultaneous-open", "birthday-spray"}},
  };
  for (const ChoiceRow& row : rows) {
    const auto pair = pair_between(row.a, row.b);
    SCOPED_TRACE(row.a.name + " x " + row.b.name + ": " + pair.why);
    EXPECT_EQ(tried(pair), row.tried);
    EXPECT_EQ(pair.outcome, Outcome::Direct);
    EXPECT_EQ(pair.strategy, row.tried.back());
    EXPECT_FALSE(disagrees(pair));
  }
}

TEST(Choice, AHopelessSearch_IsRefusedAtOnce_WithTheOdds) {
  World world;
  world.add_peer("a", nat("APDM/APDF", Random));
  world.add_peer("b", nat("APDM/APDF", Random));
  const auto matrix = world.matrix({.trials = 3});
  const auto pair = pair_of(matrix, "a", "b");
  EXPECT_LT(matrix.duration, 1s);
  EXPECT_EQ(pair.outcome, Outcome::NotRun);
  EXPECT_EQ(tried(pair), std::vector<std::string>{"birthday-spray"});
  EXPECT_NE(pair.why.find("54,600 checks from each side have one chance in two"), std::string::npos) << pair.why;
  EXPECT_EQ(world.peer("a").attempts(), 0U);
}

TEST(Choice, AnOpenRendezvous_AsksForNoSprays) {
  const auto pair = pair_between(nat("EIM/APDF"), nat("APDM/APDF", Random), {}, {.token = ""});
  EXPECT_EQ(tried(pair), (std::vector<std::string>{"simultaneous-open", "birthday-spray"}));
  EXPECT_EQ(pair.attempts.back().outcome, Outcome::NotRun);
  EXPECT_EQ(pair.attempts.back().why, "an open rendezvous asks for no sprays");
  EXPECT_FALSE(connected(pair.outcome));
}

TEST(Choice, AllStrategies_AreEachTriedOrSayWhyNot) {
  const auto pair = pair_between(nat("EIM/ADF"), nat("APDM/APDF", Sequential), {.strategies = {"all"}});
  ASSERT_EQ(pair.attempts.size(), strategies().size());
  for (const Attempt& attempt : pair.attempts) {
    const bool fits = attempt.strategy == "simultaneous-open" || attempt.strategy == "responder-first" ||
                      attempt.strategy == "low-ttl-primer";
    EXPECT_EQ(connected(attempt.outcome), fits) << attempt.strategy << ": " << attempt.why;
    EXPECT_EQ(attempt.outcome == Outcome::NotRun, !fits) << attempt.strategy;
    EXPECT_EQ(attempt.why.empty(), fits);
  }
}

TEST(SameNat, ByInsideAddresses_AndThroughTheNatWhereItHairpins) {
  auto profile = nat("EIM/EIF");
  profile.hairpin = lab::Hairpin::ExternalSource;
  World world;
  world.add_peer("a", profile);
  world.add_neighbour("b", "a");
  const auto pair = pair_of(world.matrix({.strategies = {"lan", "hairpin"}}), "a", "b");
  ASSERT_EQ(pair.attempts.size(), 2U);
  for (const Attempt& attempt : pair.attempts) EXPECT_EQ(attempt.outcome, Outcome::Direct) << attempt.strategy;
}

// One host begins late, so that the other's first packets arrive before it has sent any: that spoils its router.
TEST(PoisonedRouter, NeedsAPrimer_WhereStartsAreApart) {
  const auto poisoned = *lab::find_profile("poisoned-router");
  for (const auto& [strategy, connects] : {std::pair{"simultaneous-open", false}, {"low-ttl-primer", true}}) {
    World world;
    world.add_peer("prompt", poisoned);
    const auto site = world.bed.add_site(poisoned, {.delay = 40ms});
    const auto late = world.add_peer_at("late", site.host, lab::declared(poisoned), "correct horse");
    world.wait_until_registered();
    const auto& client = world.ask({.strategies = {strategy}});
    const auto started = [&] {
      const auto notes = world.peer("prompt").take_notes();
      return std::any_of(notes.begin(), notes.end(),
                         [](const Note& note) { return note.text.find("towards") != std::string::npos; });
    };
    ASSERT_TRUE(world.bed.simulator.run_until(started, world.bed.simulator.now() + 10s));
    world.bed.simulator.suspend(late);
    world.bed.simulator.run_for(200ms);
    world.bed.simulator.resume(late);
    ASSERT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 1min));
    EXPECT_EQ(connected(pair_of(*client.matrix(), "prompt", "late").outcome), connects) << strategy;
  }
}

TEST(Hold, APathIsWatched_BothSidesMeasureIt) {
  const auto pair = pair_between(nat("EIM/APDF"), nat("EIM/APDF"), {.hold = 2s});
  ASSERT_EQ(pair.attempts.size(), 1U);
  for (const auto& held : {pair.attempts[0].held_a, pair.attempts[0].held_b}) {
    ASSERT_TRUE(held);
    EXPECT_EQ(held->sent, 20U);
    EXPECT_EQ(held->answered, 20U);
    EXPECT_EQ(held->round_trip, 40ms);
    EXPECT_TRUE(held->survived);
  }
  EXPECT_LE(pair.connect->max, 80ms) << "the hold is no part of the time to connect";
}

TEST(Hold, LossIsCounted) {
  const auto pair = pair_between(nat("EIM/EIF"), nat("EIM/EIF"), {.hold = 5s}, {.link = {.delay = 10ms, .loss = 0.2}});
  ASSERT_TRUE(pair.attempts.back().held_a);
  EXPECT_LT(pair.attempts.back().held_a->answered, pair.attempts.back().held_a->sent);
}

// A NAT that forgets sooner than the next check comes, and then takes another port.
TEST(Hold, APathThatDies_IsTold) {
  auto forgetful = nat("EIM/APDF");
  forgetful.udp_lifetime = 1s;
  const auto pair = pair_between(forgetful, nat("EIM/APDF"), {.hold = 60s});
  ASSERT_EQ(pair.outcome, Outcome::Direct);
  ASSERT_TRUE(pair.attempts[0].held_a && pair.attempts[0].held_b);
  EXPECT_FALSE(pair.attempts[0].held_a->survived);
  EXPECT_FALSE(pair.attempts[0].held_b->survived);
  EXPECT_EQ(pair.attempts[0].timeline.back().event.step, Step::PathLost);
}

TEST(Timeline, TellsBothHostsAndTheRendezvous_InOrder) {
  const auto pair = pair_between(nat("EIM/APDF"), nat("APDM/APDF", Random), {.strategies = {"simultaneous-open"}});
  ASSERT_EQ(pair.attempts.size(), 1U);
  const auto& timeline = pair.attempts[0].timeline;
  const auto has = [&](Witness by, Step step) {
    return std::any_of(timeline.begin(), timeline.end(),
                       [&](const TimelineEvent& told) { return told.by == by && told.event.step == step; });
  };
  EXPECT_TRUE(has(Witness::Rendezvous, Step::Seen));
  EXPECT_TRUE(has(Witness::Rendezvous, Step::Started));
  for (const Witness host : {Witness::A, Witness::B}) {
    EXPECT_TRUE(has(host, Step::FirstCheck));
    EXPECT_TRUE(has(host, Step::TimeOver));
    EXPECT_FALSE(has(host, Step::Proven));
  }
  EXPECT_TRUE(std::is_sorted(timeline.begin(), timeline.end(),
                             [](const auto& x, const auto& y) { return x.event.at < y.event.at; }));
  EXPECT_EQ(pair.attempts[0].ports_a, 1U);
}

TEST(Spray, TellsItsPorts) {
  const auto pair = pair_between(nat("EIM/APDF"), nat("APDM/APDF", Random));
  ASSERT_EQ(pair.strategy, "birthday-spray");
  const Attempt& attempt = pair.attempts.back();
  EXPECT_EQ(attempt.ports_a + attempt.ports_b, 257U);
  EXPECT_LE(std::max(attempt.packets_a, attempt.packets_b), 1200U);
}

}  // namespace strategies_simulation_test
