// Every pair of the nine kinds with every port allocation, by the strategies the rendezvous would choose, through links
// that lose one packet in ten each way: who connects, and who is refused with the odds.
//
// NATSCOPE_SEEDS says how many worlds each pair is played in.

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <span>

#include "lab/commands/pair_simulation.h"
#include "traversal/predict.h"

namespace kinds_test {

using namespace std::chrono_literals;
using traversal::Effort;
using traversal::Outcome;

std::uint64_t seeds(std::uint64_t everyday) {
  const char* wanted = std::getenv("NATSCOPE_SEEDS");
  return wanted == nullptr ? everyday : std::strtoull(wanted, nullptr, 10);
}

struct Couple {
  const lab::NatProfile* a;
  const lab::NatProfile* b;
  Effort effort;
};

// Every unordered pair once, equal ones too.
const std::vector<Couple>& couples() {
  static const std::span<const lab::NatProfile> kinds = lab::grid_profiles();
  static const std::vector<Couple> all = [] {
    std::vector<Couple> out;
    for (auto a = kinds.begin(); a != kinds.end(); ++a) {
      for (auto b = a; b != kinds.end(); ++b) {
        out.push_back({&*a, &*b, *traversal::effort(lab::declared(*a), lab::declared(*b))});
      }
    }
    return out;
  }();
  return all;
}

traversal::PairOutcome played(const Couple& couple, std::uint64_t seed, double loss) {
  const auto place = [loss](const char* name, const lab::NatProfile& nat) {
    return lab::HostPlace{
        .name = name, .behavior = lab::declared(nat), .nat = &nat, .link = {.delay = 10ms, .loss = loss}};
  };
  return lab::simulate_pair(
      {.places = {{place("a", *couple.a), place("b", *couple.b)}}, .seed = seed, .strategies = {}});
}

struct Tally {
  std::size_t played = 0;
  std::size_t connected = 0;
  double worst_share = 1;
  std::string worst;
};

Tally tally_of(std::initializer_list<Effort> efforts, std::uint64_t worlds) {
  Tally all;
  for (const Couple& couple : couples()) {
    if (std::find(efforts.begin(), efforts.end(), couple.effort) == efforts.end()) continue;
    std::size_t connected = 0;
    for (std::uint64_t seed = 1; seed <= worlds; ++seed) connected += played(couple, seed, 0.1).successes;
    const double share = static_cast<double>(connected) / static_cast<double>(worlds);
    if (share < all.worst_share) {
      all.worst_share = share;
      all.worst = couple.a->name + " x " + couple.b->name;
    }
    all.connected += connected;
    all.played += worlds;
  }
  return all;
}

// At least this share of all; prints the figures.
void expect_share(double least, std::initializer_list<Effort> efforts, std::uint64_t worlds) {
  const Tally tally = tally_of(efforts, worlds);
  ASSERT_GT(tally.played, 0U);
  const double share = static_cast<double>(tally.connected) / static_cast<double>(tally.played);
  fmt::print("{} of {} connected ({:.3f} %); the worst pair of kinds {:.1f} % {}\n", tally.connected, tally.played,
             100 * share, 100 * tally.worst_share, tally.worst);
  EXPECT_GE(share, least) << tally.worst;
}

TEST(Kinds, WhatTheoryCallsDirect_ConnectsAlways) { expect_share(1, {Effort::Direct}, seeds(3)); }

TEST(Kinds, WhatPredictionCanServe_Connects) { expect_share(0.99, {Effort::Predict, Effort::PredictBoth}, seeds(3)); }

// A single world a pair could miss the bar by chance: the everyday bars leave room for that.
TEST(Kinds, WhatASearchCanFind_Connects) {
  const auto worlds = seeds(1);
  expect_share(worlds > 10 ? 0.97 : 0.9, {Effort::Spray}, worlds);
}

TEST(Kinds, WhatTwoSearchesCanFind_Connects) {
  const auto worlds = seeds(8);
  expect_share(worlds > 10 ? 0.85 : 0.6, {Effort::SprayTwice}, worlds);
}

TEST(Kinds, WhatIsCostlyOrImpractical_IsRefusedWithTheOdds_AndNothingIsSent) {
  for (const Couple& couple : couples()) {
    if (couple.effort != Effort::Costly && couple.effort != Effort::Impractical) continue;
    const auto pair = played(couple, 1, 0.1);
    SCOPED_TRACE(couple.a->name + " x " + couple.b->name);
    EXPECT_EQ(pair.outcome, Outcome::NotRun);
    EXPECT_EQ(pair.trials, 0U);
    EXPECT_NE(pair.why.find("chance"), std::string::npos) << pair.why;
    for (const auto& attempt : pair.attempts) EXPECT_EQ(attempt.packets_a + attempt.packets_b, 0U);
  }
}

// At 40 ms from host to host and back.
TEST(Kinds, DirectPairs_ConnectWithinTwoRoundTrips_HalfOfThemWithinOneAndAHalf) {
  std::vector<net::Duration> times;
  for (const Couple& couple : couples()) {
    using enum net::PortAllocation;
    if (couple.effort != Effort::Direct || couple.a->allocation != Random || couple.b->allocation != Random) continue;
    const auto pair = played(couple, 1, 0);
    ASSERT_TRUE(pair.connect) << couple.a->name << " x " << couple.b->name;
    EXPECT_LE(pair.connect->max, 80ms) << couple.a->name << " x " << couple.b->name;
    times.push_back(pair.connect->max);
  }
  ASSERT_EQ(times.size(), 25U);
  std::sort(times.begin(), times.end());
  fmt::print("{} to {} ms, median {}\n", net::to_ms(times.front()), net::to_ms(times.back()), net::to_ms(times[12]));
  EXPECT_LE(times[12], 60ms);
}

}  // namespace kinds_test
