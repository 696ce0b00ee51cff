// All pairs of a sample, whatever the number of threads; what they add up to; how far a share holds.

#include "lab/commands/tally.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "lab/population_file.h"
#include "reports/interval.h"

namespace tally_test {

struct Played {
  std::vector<lab::PairedOutcome> pairs;
  lab::Population population;
  lab::Sample sample;
};

Played play(std::size_t hosts, unsigned threads, std::vector<std::string> strategies = {"simultaneous-open"}) {
  const std::string file = NATSCOPE_POPULATIONS "/homes-and-phones-2016.json";
  Played out{.population = *lab::read_population(file)};
  net::Random random(3);
  out.sample = lab::draw(out.population, hosts, random);
  lab::simulate_pairs(out.population, out.sample, {std::move(strategies), 9, threads},
                      [&](const auto& pairs) { out.pairs.insert(out.pairs.end(), pairs.begin(), pairs.end()); });
  return out;
}

TEST(AllPairs, EveryPairOnce_InOneOrder_WhateverTheThreads) {
  constexpr std::size_t hosts = 60;  // several hand-outs
  const Played one = play(hosts, 1);
  const Played three = play(hosts, 3);
  ASSERT_EQ(one.pairs.size(), lab::pairs_of(hosts));
  ASSERT_EQ(three.pairs.size(), one.pairs.size());
  std::set<std::pair<std::size_t, std::size_t>> seen;
  for (std::size_t i = 0; i < one.pairs.size(); ++i) {
    EXPECT_LT(one.pairs[i].a, one.pairs[i].b);
    seen.emplace(one.pairs[i].a, one.pairs[i].b);
    EXPECT_EQ(three.pairs[i].a, one.pairs[i].a);
    EXPECT_EQ(three.pairs[i].b, one.pairs[i].b);
    EXPECT_EQ(three.pairs[i].outcome.outcome, one.pairs[i].outcome.outcome);
    EXPECT_EQ(three.pairs[i].outcome.attempts[0].packets_b, one.pairs[i].outcome.attempts[0].packets_b);
    EXPECT_EQ(three.pairs[i].outcome.attempts[0].time_to_connect, one.pairs[i].outcome.attempts[0].time_to_connect);
  }
  EXPECT_EQ(seen.size(), one.pairs.size());
}

TEST(AllPairs, EachPair_TriesWhatTheRendezvousWouldChoose) {
  std::map<std::string, std::size_t> connected_by;
  std::size_t refused = 0;
  for (const auto& pair : play(16, 2, {}).pairs) {
    if (connected(pair.outcome.outcome)) ++connected_by[pair.outcome.strategy];
    if (pair.outcome.outcome == traversal::Outcome::NotRun) ++refused;
  }
  EXPECT_GT(connected_by["simultaneous-open"], 0U);
  EXPECT_GT(connected_by["birthday-spray"], 0U);
  EXPECT_GT(refused, 0U) << "two random ports at once";
}

TEST(AllPairs, WhatTheTakerThrows_EndsTheWork) {
  const lab::Population population = play(2, 1).population;
  net::Random random(1);
  const lab::Sample sample = lab::draw(population, 100, random);
  std::size_t calls = 0;
  const auto stop = [&](const auto&) {
    if (++calls == 2) throw std::runtime_error("stop");
  };
  EXPECT_THROW(lab::simulate_pairs(population, sample, {{"simultaneous-open"}, 1, 2}, stop), std::runtime_error);
  EXPECT_EQ(calls, 2U);
}

TEST(Tally, ItsCells_SumToTheWhole) {
  const Played all = play(40, 2);
  lab::Tally tally(all.population, all.sample);
  for (const auto& pair : all.pairs) tally.add(pair);
  reports::Ratio sum;
  for (const lab::KindPair& cell : tally.kind_pairs()) {
    sum.part += cell.connected.part;
    sum.whole += cell.connected.whole;
  }
  EXPECT_EQ(sum.whole, lab::pairs_of(40));
  EXPECT_EQ(sum.part, tally.connected().part);
  std::size_t ends = 0;
  for (const std::size_t successes : tally.successes_of_host()) ends += successes;
  EXPECT_EQ(ends, 2 * sum.part);
}

// ---- intervals -----------------------------------------------------------------------------------------------------

TEST(Interval, Wilson_IsAsPublished) {
  const auto half = reports::wilson(0.5, 100);  // Brown, Cai, DasGupta 2001 and any calculator
  EXPECT_NEAR(half.low, 0.4038, 1e-4);
  EXPECT_NEAR(half.high, 0.5962, 1e-4);
  const auto none = reports::wilson(0, 10);
  EXPECT_EQ(none.low, 0);
  EXPECT_NEAR(none.high, 0.2775, 1e-4);
}

// The law of an interval: over many draws it holds the true share about as often as it says. Two kinds with 70 and
// 30 %, of which only the first connects with itself: the true share is 0.49.
TEST(Interval, OverHosts_HoldsTheTrueShare_WherePairsAsIndependentDoNot) {
  constexpr std::size_t hosts = 100;
  constexpr int draws = 400;
  int over_hosts = 0;
  int over_pairs = 0;
  net::Random random(11);
  for (int draw = 0; draw < draws; ++draw) {
    std::vector<bool> good(hosts);
    for (std::size_t i = 0; i < hosts; ++i) good[i] = random.chance(0.7);
    const auto count = static_cast<std::size_t>(std::count(good.begin(), good.end(), true));
    std::vector<std::size_t> successes;
    for (const bool one : good) successes.push_back(one ? count - 1 : 0);
    const double share = static_cast<double>(count * (count - 1)) / (hosts * (hosts - 1));
    const auto holds = [](const reports::Interval& interval) { return interval.low <= 0.49 && 0.49 <= interval.high; };
    over_hosts += holds(reports::over_hosts(successes)) ? 1 : 0;
    over_pairs += holds(reports::wilson(share, lab::pairs_of(hosts))) ? 1 : 0;
  }
  EXPECT_GE(over_hosts, draws * 92 / 100);
  EXPECT_LE(over_hosts, draws * 98 / 100);
  EXPECT_LE(over_pairs, draws / 2);
}

}  // namespace tally_test
