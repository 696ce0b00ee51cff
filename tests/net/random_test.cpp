#include "net/random.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <map>
#include <set>

namespace random_test {

TEST(Random, SameSeed_SameRun) {
  net::Random a(42);
  net::Random b(42);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(a.next(), b.next());
}

// The same on every machine: recorded reports and scenario seeds rely on it.
TEST(Random, KnownValues_OfXoshiro256StarStarSeededBySplitMix64) {
  net::Random random(0);
  EXPECT_EQ(random.next(), 0x99EC5F36CB75F2B4U);
  EXPECT_EQ(random.next(), 0xBF6E1F784956452AU);
  EXPECT_EQ(random.next(), 0x1A5F849D4933E6E0U);
}

TEST(Random, OtherSeeds_OtherRuns) {
  std::set<std::uint64_t> firsts;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) firsts.insert(net::Random(seed).next());
  EXPECT_EQ(firsts.size(), 1000U);
}

TEST(Random, Below_StaysBelow_AndReachesAll) {
  net::Random random(1);
  std::map<std::uint64_t, int> seen;
  for (int i = 0; i < 7000; ++i) ++seen[random.below(7)];
  ASSERT_EQ(seen.size(), 7U);
  EXPECT_EQ(seen.rbegin()->first, 6U);
  for (const auto& [value, times] : seen) EXPECT_NEAR(times, 1000, 150) << value;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0U);
}

TEST(Random, Between_IncludesBothEnds) {
  net::Random random(2);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.between(1024, 1027));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{1024, 1025, 1026, 1027}));
  EXPECT_EQ(random.between(5, 5), 5U);

  constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
  bool upper_half = false;
  for (int i = 0; i < 100; ++i) upper_half = upper_half || random.between(0, largest) > largest / 2;
  EXPECT_TRUE(upper_half);
}

TEST(Random, Unit_IsBelowOne_WithMeanOneHalf) {
  net::Random random(3);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const double value = random.unit();
    ASSERT_GE(value, 0);
    ASSERT_LT(value, 1);
    sum += value;
  }
  EXPECT_NEAR(sum / 10000, 0.5, 0.02);
}

TEST(Random, Chance_KeepsItsProbability) {
  net::Random random(4);
  int hits = 0;
  for (int i = 0; i < 10000; ++i) {
    ASSERT_FALSE(random.chance(0));
    ASSERT_TRUE(random.chance(1));
    hits += random.chance(0.1) ? 1 : 0;
  }
  EXPECT_NEAR(hits, 1000, 150);
}

TEST(Random, Fill_CoversEveryByte) {
  net::Random random(5);
  std::array<std::uint8_t, 64> ever{};
  for (int i = 0; i < 20; ++i) {
    std::array<std::uint8_t, 64> bytes{};
    random.fill(bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) ever[at] = static_cast<std::uint8_t>(ever[at] | bytes[at]);
  }
  for (const std::uint8_t byte : ever) EXPECT_EQ(byte, 0xFF);
}

TEST(Random, Fork_RunsApart_AndDoesNotHearTheParent) {
  net::Random parent(6);
  net::Random child = parent.fork();
  net::Random same_parent(6);
  net::Random same_child = same_parent.fork();
  for (int i = 0; i < 100; ++i) (void)parent.next();  // must not move the child
  std::set<std::uint64_t> shared;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t value = child.next();
    ASSERT_EQ(value, same_child.next());
    shared.insert(value);
    shared.insert(same_parent.next());
  }
  EXPECT_EQ(shared.size(), 2000U);
}

}  // namespace random_test
