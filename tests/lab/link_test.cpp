#include "lab/link.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace link_test {

using namespace std::chrono_literals;
using lab::Arrivals;
using lab::LinkProfile;

constexpr int packets = 20'000;

struct Counts {
  int lost = 0;
  int doubled = 0;
  int late = 0;  // copies slower than delay + jitter
  int copies = 0;
  net::Duration least = net::Duration::max();
  net::Duration most = net::Duration::min();
};

Counts count(const LinkProfile& profile, std::uint64_t seed) {
  net::Random chance(seed);
  Counts counts;
  for (int i = 0; i < packets; ++i) {
    const Arrivals arrivals = lab::arrivals(profile, chance);
    counts.lost += arrivals.count == 0;
    counts.doubled += arrivals.count == 2;
    for (const net::Duration delay : arrivals) {
      ++counts.copies;
      counts.late += delay > profile.delay + profile.jitter;
      counts.least = std::min(counts.least, delay);
      counts.most = std::max(counts.most, delay);
    }
  }
  return counts;
}

TEST(Link, IsIdealByDefault) {
  const Counts counts = count({}, 1);
  EXPECT_EQ(counts.copies, packets);
  EXPECT_EQ(counts.most, 0ms);
}

TEST(Link, DelaysEveryPacketAlike) {
  const Counts counts = count({.delay = 10ms}, 1);
  EXPECT_EQ(counts.least, 10ms);
  EXPECT_EQ(counts.most, 10ms);
}

TEST(Link, JitterFillsItsRange_AndNoMore) {
  const Counts counts = count({.delay = 10ms, .jitter = 5ms}, 1);
  EXPECT_GE(counts.least, 10ms);
  EXPECT_LT(counts.least, 10050us);
  EXPECT_LE(counts.most, 15ms);
  EXPECT_GT(counts.most, 14950us);
}

class LinkChance : public testing::TestWithParam<std::uint64_t> {};

// Bounds: five standard deviations of 20,000 packets.
TEST_P(LinkChance, HoldsItsProbabilities) {
  const Counts loss = count({.loss = 0.1}, GetParam());
  EXPECT_NEAR(loss.lost, packets / 10, 212);
  EXPECT_EQ(loss.doubled, 0);
  const Counts duplication = count({.duplication = 0.2}, GetParam());
  EXPECT_NEAR(duplication.doubled, packets / 5, 283);
  EXPECT_EQ(duplication.lost, 0);
  const Counts reordering = count({.delay = 10ms, .reordering = 0.25, .reordering_delay = 30ms}, GetParam());
  EXPECT_NEAR(reordering.late, packets / 4, 306);
  EXPECT_EQ(reordering.most, 40ms);
}

TEST_P(LinkChance, LossStrikesEachCopy) {
  const Counts counts = count({.loss = 0.1, .duplication = 1}, GetParam());
  EXPECT_NEAR(counts.lost, packets / 100, 71);
  EXPECT_NEAR(counts.doubled, packets * 81 / 100, 278);
}

INSTANTIATE_TEST_SUITE_P(Seeds, LinkChance, testing::Range<std::uint64_t>(0, 10));

}  // namespace link_test
