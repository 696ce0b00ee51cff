// What the rendezvous allows towards one address, over all its jobs: stories played in memory.

#include <gtest/gtest.h>

#include <algorithm>

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
  EXPECT_EQ(announced.cap.find("cap: 1,000 punches an hour towards "), 0U) << announced.cap;
  unsigned not_run = 0;
  for (const auto& pair : client.matrix().value().pairs) {
    if (pair.outcome != Outcome::NotRun) continue;
    ++not_run;
    EXPECT_EQ(pair.why.find("cap: 1,000 punches an hour towards "), 0U) << pair.why;
    EXPECT_EQ(pair.trials, 0U);
  }
  EXPECT_EQ(not_run, 3U);
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

TEST(Caps, AnHonestMatrix_IsNotSlowed) {
  World world;
  for (int i = 0; i < 20; ++i) world.add_peer("h" + std::to_string(i), nat("EIM/EIF"));
  world.wait_until_registered();
  const auto& client = world.ask({.trials = 3});
  EXPECT_TRUE(world.bed.simulator.run_until([&] { return client.finished(); }, world.bed.simulator.now() + 5min));
  const auto& announced = client.accepted().value();
  EXPECT_EQ(announced.not_run, 0U);
  EXPECT_LE(client.matrix().value().duration, 1.2 * std::chrono::seconds(*announced.length_s));
}

}  // namespace caps_story_test
