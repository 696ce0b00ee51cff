// What the rendezvous allows towards one address, over all its jobs: stories played in memory.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "world.h"

namespace caps_story_test {

using namespace tests;
using traversal::Outcome;

TEST(Caps, AnHourOfPunches_IsNamedBeforehand_AndThePairIsNotRun) {
  World world;
  world.add_peer("a", nat("EIM/EIF"));
  world.add_peer("b", nat("EIM/EIF"));
  world.add_peer("c", nat("EIM/EIF"));
  EXPECT_EQ(world.matrix({.pairs = {{"a", "b"}}, .trials = 600}).pairs.at(0).outcome, Outcome::Direct);
  const auto& client = world.ask({.trials = 500});
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 30min));
  const auto& announced = client.accepted().value();
  EXPECT_EQ(announced.not_run, 3U);  // a and b have 400 left
  EXPECT_EQ(announced.why.find("cap: 1,000 punches an hour towards "), 0U) << announced.why;
  unsigned not_run = 0;
  for (const auto& pair : client.matrix().value().pairs) {
    if (pair.outcome != Outcome::NotRun) continue;
    ++not_run;
    EXPECT_EQ(pair.why.find("cap: 1,000 punches an hour towards "), 0U) << pair.why;
    EXPECT_EQ(pair.trials, 0U);
  }
  EXPECT_EQ(not_run, 3U);
}

// Every strategy of every trial is a punch: three here, of a pair that is direct.
TEST(Caps, EveryAttemptCounts_NotEveryTrial) {
  World world;
  world.add_peer("a", nat("EIM/ADF"));
  world.add_peer("b", nat("APDM/ADF"));
  const traversal::MatrixRequest request{.strategies = {"simultaneous-open", "responder-first", "low-ttl-primer"},
                                         .trials = 200};
  EXPECT_EQ(world.matrix(request, 2h).pairs.at(0).attempts.size(), 600U);
  const auto& client = world.ask(request);
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 30min));
  EXPECT_EQ(client.accepted().value().not_run, 1U);
  EXPECT_EQ(client.matrix().value().pairs.at(0).outcome, Outcome::NotRun);
}

// A pair that needs more than theory says ends with the cap, and keeps what it has.
TEST(Caps, AJobThatReachesTheCap_EndsThere) {
  World world;
  const auto behavior = *net::parse_short("EIM/EIF");  // which it is not
  for (const char* name : {"a", "b"}) {
    const auto site = world.bed.add_site(nat("APDM/APDF"), {.delay = 10ms});
    world.add_peer_at(name, site.host, behavior, "correct horse");
  }
  const auto pair = world.matrix({.trials = 600}, 2h).pairs.at(0);
  unsigned punches = 0;
  for (const auto& attempt : pair.attempts) punches += attempt.outcome == Outcome::NotRun ? 0U : 1U;
  EXPECT_EQ(punches, 1000U);
  EXPECT_EQ(pair.attempts.back().outcome, Outcome::NotRun);
  EXPECT_EQ(pair.attempts.back().why.find("cap: 1,000 punches an hour towards "), 0U) << pair.attempts.back().why;
  EXPECT_EQ(pair.outcome, Outcome::Failed);
}

TEST(Caps, HostsBehindOneAddress_ArePunchedByAtMostFourJobsAtOnce) {
  World world;
  world.add_peer("n0", nat("EIM/EIF"));
  for (int i = 1; i < 8; ++i) world.add_neighbour("n" + std::to_string(i), "n0");
  for (int i = 0; i < 8; ++i) world.add_peer("far" + std::to_string(i), nat("EIM/EIF"));
  world.wait_until_registered();
  std::vector<traversal::NamePair> pairs;
  for (int i = 0; i < 8; ++i) pairs.push_back({"n" + std::to_string(i), "far" + std::to_string(i)});
  const auto& client = world.ask({.pairs = pairs, .trials = 5});
  unsigned running = 0;
  unsigned most = 0;
  while (!client.finished()) {
    world.bed.simulator.run_for(20ms);
    for (const auto& note : world.rendezvous.take_notes()) {
      running += note.text.ends_with(" begins") ? 1U : 0U;
      running -= note.text.find(": direct") != std::string::npos ? 1U : 0U;
      most = std::max(most, running);
    }
  }
  EXPECT_EQ(most, traversal::most_punches_at_once);
  for (const auto& pair : client.matrix().value().pairs) EXPECT_EQ(pair.outcome, Outcome::Direct);
}

// NATSCOPE_HOSTS: a hundred of them, where there is time.
TEST(Caps, AnHonestMatrix_IsNotSlowed) {
  const char* wanted = std::getenv("NATSCOPE_HOSTS");
  const int hosts = wanted == nullptr ? 20 : std::atoi(wanted);
  World world;
  for (int i = 0; i < hosts; ++i) world.add_peer("h" + std::to_string(i), nat("EIM/EIF"));
  world.wait_until_registered();
  const auto& client = world.ask({.trials = 3});
  const net::Duration taken = world.wait_until_played(client);
  ASSERT_TRUE(client.accepted());
  EXPECT_EQ(client.accepted()->not_run, 0U);
  EXPECT_LE(taken, 1.2 * std::chrono::seconds(*client.accepted()->length_s));
  EXPECT_LE(taken, (hosts - 1) * 3 * 400ms) << "each host is busy all the time: a trial takes 0.3 s";
  ASSERT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 1h));
  for (const auto& pair : client.matrix().value().pairs) EXPECT_EQ(pair.successes, 3U);
}

}  // namespace caps_story_test
