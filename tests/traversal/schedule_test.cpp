#include "traversal/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace schedule_test {

using namespace traversal;

TEST(Schedule, MeetsEveryPairOnce_AndKeepsHostsBusyButNeverTwice) {
  for (const std::size_t count : {2U, 3U, 8U, 9U, 40U}) {
    const auto pairs = every_pair(count);
    EXPECT_EQ(std::set<IndexPair>(pairs.begin(), pairs.end()).size(), count * (count - 1) / 2);
    EXPECT_EQ(pairs.size(), count * (count - 1) / 2);
    for (std::size_t round = 0; round < pairs.size(); round += count / 2) {
      std::set<std::uint32_t> busy;
      for (std::size_t i = round; i < round + count / 2; ++i) {
        EXPECT_TRUE(busy.insert(pairs[i][0]).second && busy.insert(pairs[i][1]).second) << "round " << round;
      }
    }
  }
  EXPECT_TRUE(every_pair(0).empty());
  EXPECT_TRUE(every_pair(1).empty());
}

bool any(std::uint32_t) { return true; }

// Starts what can be started; hosts of started pairs are busy.
std::vector<std::uint32_t> started(PairQueue& queue, const std::vector<IndexPair>& pairs,
                                   const PairQueue::MayStart& may_start = any) {
  std::vector<std::uint32_t> begun;
  while (const auto pair = queue.take_next(may_start)) {
    for (const std::uint32_t host : pairs[*pair]) {
      EXPECT_EQ(queue.state(host), HostState::Idle);
      queue.set(host, HostState::Busy);
    }
    begun.push_back(*pair);
  }
  return begun;
}

TEST(PairQueue, PlaysTheTournament_RoundByRound) {
  const auto pairs = every_pair(40);
  PairQueue queue(40, pairs);
  for (std::uint32_t host = 0; host < 40; ++host) queue.set(host, HostState::Idle);
  for (unsigned round = 0; round < 39; ++round) {
    const auto begun = started(queue, pairs);
    EXPECT_EQ(begun.size(), 20U) << "round " << round;
    for (const std::uint32_t pair : begun) {
      for (const std::uint32_t host : pairs[pair]) queue.set(host, HostState::Idle);
    }
  }
  EXPECT_EQ(queue.size(), 0U);
}

// Whenever jobs end in whatever order, no idle host has an idle partner left to try.
TEST(PairQueue, LeavesNobodyIdle_WhoHasAPartner) {
  const auto pairs = every_pair(11);
  PairQueue queue(11, pairs);
  std::vector<std::uint32_t> running;
  const auto begin = [&] {
    for (const std::uint32_t pair : started(queue, pairs)) running.push_back(pair);
  };
  for (std::uint32_t host = 0; host < 11; ++host) queue.set(host, HostState::Idle);
  begin();
  std::set<std::uint32_t> done;
  for (std::size_t step = 0; !running.empty(); ++step) {
    const auto ended = running.begin() + static_cast<std::ptrdiff_t>(step * 7 % running.size());
    EXPECT_TRUE(done.insert(*ended).second);
    const auto [a, b] = pairs[*ended];
    running.erase(ended);
    queue.set(a, HostState::Idle);
    queue.set(b, HostState::Idle);
    begin();
    for (std::uint32_t pair = 0; pair < pairs.size(); ++pair) {
      const bool waits = !done.contains(pair) && std::count(running.begin(), running.end(), pair) == 0;
      const bool both_idle =
          queue.state(pairs[pair][0]) == HostState::Idle && queue.state(pairs[pair][1]) == HostState::Idle;
      EXPECT_FALSE(waits && both_idle) << pair;
    }
  }
  EXPECT_EQ(done.size(), pairs.size());
}

TEST(PairQueue, WhatMayNotStart_Waits_UntilItIsLookedAtAgain) {
  const std::vector<IndexPair> pairs = {{0, 1}, {0, 2}};
  PairQueue queue(3, pairs);
  for (std::uint32_t host = 0; host < 3; ++host) queue.set(host, HostState::Idle);
  EXPECT_TRUE(started(queue, pairs, [](std::uint32_t) { return false; }).empty());
  EXPECT_TRUE(started(queue, pairs).empty());
  queue.look_again();
  EXPECT_EQ(started(queue, pairs, [](std::uint32_t pair) { return pair == 1; }), std::vector<std::uint32_t>{1});
}

TEST(PairQueue, AHostThatIsGone_TakesItsPairsAlong) {
  const auto pairs = every_pair(4);
  PairQueue queue(4, pairs);
  for (std::uint32_t host = 0; host < 4; ++host) queue.set(host, HostState::Idle);
  EXPECT_EQ(started(queue, pairs).size(), 2U);
  queue.set(3, HostState::Gone);
  EXPECT_EQ(queue.take_all_of(3).size(), 2U);
  EXPECT_EQ(queue.size(), 2U);
}

}  // namespace schedule_test
