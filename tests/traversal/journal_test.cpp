// A rendezvous that is killed and comes back, a disk that is full: stories played in memory.

#include "traversal/journal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <list>

#include "memory_journal.h"
#include "world.h"

namespace journal_test {

using namespace tests;
using traversal::Outcome;

class JournalStory : public testing::Test {
 protected:
  explicit JournalStory(int hosts = 6) {
    world_.bed.simulator.kill(world_.rendezvous_agent);
    begin_again();
    for (int i = 0; i < hosts; ++i) agents_.push_back(world_.add_peer("h" + std::to_string(i), nat("EIM/APDF")));
    world_.wait_until_registered();
  }

  traversal::Rendezvous& begin_again() {
    lives_.emplace_back(traversal::RendezvousConfig{.listen = world_.rendezvous_endpoint(),
                                                    .token = "correct horse",
                                                    .secret = {static_cast<std::uint8_t>(lives_.size())},
                                                    .journal = &journal_},
                        net::Random(lives_.size()));
    world_.bed.simulator.restart(world_.rendezvous_agent, lives_.back());
    return lives_.back();
  }
  void kill_for(net::Duration time) {
    world_.bed.simulator.kill(world_.rendezvous_agent);
    world_.bed.simulator.run_for(time);
    begin_again();
  }
  bool wait_for(const std::function<bool()>& event, net::Duration limit) {
    return world_.bed.simulator.run_until(event, world_.bed.simulator.now() + limit);
  }

  World world_;
  MemoryJournal journal_;
  std::list<traversal::Rendezvous> lives_;
  std::vector<lab::AgentId> agents_;
};

TEST_F(JournalStory, AMatrix_OutlivesItsRendezvous_AndEveryPairIsPlayedOnce) {
  const auto& client = world_.ask({.trials = 2});
  std::size_t before = 0;
  for (int kills = 0; kills < 6 && !client.finished(); ++kills) {
    world_.bed.simulator.run_for(700ms);
    if (!journal_.runs.empty()) {
      EXPECT_GE(journal_.runs[0].finished.size(), before);
      before = journal_.runs[0].finished.size();
    }
    kill_for(500ms);
  }
  ASSERT_TRUE(wait_for([&] { return client.finished(); }, 5min));
  EXPECT_EQ(client.failure().value_or(""), "");
  ASSERT_EQ(client.matrix().value().pairs.size(), 15U);
  for (const auto& pair : client.matrix()->pairs) {
    EXPECT_EQ(pair.outcome, Outcome::Direct) << pair.a << pair.b << pair.why;
    EXPECT_EQ(pair.successes, 2U);
  }
  EXPECT_EQ(journal_.second_outcomes, 0U);
}

TEST_F(JournalStory, TheNextJob_BeginsWithinFiveSecondsOfARestart) {
  const auto& client = world_.ask({.trials = 3});
  world_.bed.simulator.run_for(1s);
  kill_for(1s);
  const std::size_t before = journal_.runs.at(0).finished.size();
  const unsigned attempts = world_.peer("h0").attempts();
  EXPECT_TRUE(wait_for([&] { return world_.peer("h0").attempts() > attempts; }, 5s));
  EXPECT_TRUE(wait_for([&] { return client.finished(); }, 5min));
  EXPECT_LT(before, 15U);
}

TEST_F(JournalStory, AHostThatDoesNotComeBack_IsWaitedForAndThenLost) {
  const auto& client = world_.ask({.trials = 3});
  world_.bed.simulator.run_for(1s);
  world_.bed.simulator.kill(agents_[5]);
  kill_for(1s);
  EXPECT_FALSE(wait_for([&] { return client.finished(); }, 110s));
  ASSERT_TRUE(wait_for([&] { return client.finished(); }, 60s));
  for (const auto& pair : client.matrix().value().pairs) {
    const bool lost = pair.a == "h5" || pair.b == "h5";
    EXPECT_TRUE(pair.outcome == Outcome::Direct || (lost && pair.outcome == Outcome::AgentLost)) << pair.a << pair.b;
  }
}

TEST_F(JournalStory, AFinishedMatrix_CanStillBeFetched) {
  traversal::MatrixClient& client = world_.ask();
  ASSERT_TRUE(wait_for([&] { return journal_.runs.size() == 1 && journal_.runs[0].finished.size() == 15; }, 60s));
  kill_for(10ms);
  ASSERT_TRUE(wait_for([&] { return client.finished(); }, 10s));
  EXPECT_EQ(client.matrix().value().pairs.size(), 15U);
}

TEST_F(JournalStory, AFullDisk_RefusesNewMatrices_TellsNobodyOfPairs_AndEndsWithoutLoss) {
  const auto& client = world_.ask({.trials = 2});
  world_.bed.simulator.run_for(700ms);
  journal_.full = true;
  world_.bed.simulator.run_for(20s);
  EXPECT_FALSE(client.finished());
  const auto shown = client.progress().pairs.done;
  EXPECT_LE(shown, journal_.runs[0].finished.size());
  const auto& refused = world_.ask();
  ASSERT_TRUE(wait_for([&] { return refused.finished(); }, 5s));
  EXPECT_NE(refused.failure().value_or("").find("disk is full"), std::string::npos) << refused.failure().value_or("");
  EXPECT_EQ(world_.peer("h0").failure(), std::nullopt);
  EXPECT_EQ(lives_.back().registered_hosts(), 6U);
  const unsigned attempts = world_.peer("h0").attempts();
  journal_.full = false;
  EXPECT_TRUE(wait_for([&] { return world_.peer("h0").attempts() > attempts; }, 5s));
  ASSERT_TRUE(wait_for([&] { return client.finished(); }, 60s));
  EXPECT_EQ(client.matrix().value().pairs.size(), 15U);
  EXPECT_EQ(journal_.second_outcomes, 0U);
  std::vector<std::string> troubles;
  for (const auto& note : lives_.back().take_notes()) {
    if (note.kind == traversal::Note::Kind::Trouble) troubles.push_back(note.text);
  }
  EXPECT_EQ(troubles, (std::vector<std::string>{"database test: disk is full: no new jobs until it works again",
                                                "the journal can be written again"}));
}

}  // namespace journal_test
