// Numbers in, chances out: sequences and what is none, intervals, predictions.

#include "probe/port_sequence.h"

#include <gtest/gtest.h>

#include "net/random.h"
#include "probe/port_predictor.h"

namespace port_sequence_test {

using probe::PortSteps;

TEST(CommonStep, IsTheLargestThatFitsNineInTen) {
  EXPECT_EQ(probe::common_step({7, 7, 14, 7, 21}), 7);
  EXPECT_EQ(probe::common_step({14, 21}), 7);
  EXPECT_EQ(probe::common_step({-2, -2, -4}), -2);
  EXPECT_EQ(probe::common_step({10, 10, 10, -64000, 20, 10}), 10) << "the pool began anew";
  EXPECT_EQ(probe::common_step({5, 5, 5, 5, 6, 5, 5, 5, 5, 10}), 5) << "one port was taken";
  EXPECT_EQ(probe::common_step({3, 5, 7}), 1);
  EXPECT_EQ(probe::common_step({0, 0}), std::nullopt);
}

TEST(ChanceOfSteps, IsSmallForASequence) {
  EXPECT_LT(probe::chance_of_steps({1, 1, 1, 1, 1, 1}, 7), 1e-6);
  EXPECT_LT(probe::chance_of_steps({1000, 1000, 1000, -63512, 1000, 1000}, 64512), 1e-6);
  EXPECT_LT(probe::chance_of_steps({1, 3, 2, 1, 4, 2, 1, 1, 2}, 18), 1e-4) << "others draw from it";
}

TEST(ChanceOfSteps, IsSeldomSmallForChance) {
  net::Random chance(1);
  for (const unsigned range : {64U, 2048U, 64512U}) {
    unsigned small = 0;
    for (int run = 0; run < 2000; ++run) {
      PortSteps steps;
      auto port = static_cast<int>(chance.below(range));
      for (int i = 0; i < 13; ++i) {
        const auto next = static_cast<int>(chance.below(range));
        steps.push_back(next - port);
        port = next;
      }
      small += probe::chance_of_steps(steps, range) < 1e-2 ? 1U : 0U;
    }
    EXPECT_LE(small, 40U) << range;
  }
}

TEST(ChanceOfOrder, CountsTurns) {
  EXPECT_EQ(probe::turns({1, 2, 3, 4}), 0U);
  EXPECT_EQ(probe::turns({9, 8, 7, 3}), 0U);
  EXPECT_EQ(probe::turns({3, 4, 1, 2}), 1U);
  EXPECT_NEAR(probe::chance_of_order({1, 2, 3, 4}), 2 / 24.0, 1e-9);
  EXPECT_EQ(probe::chance_of_order({1, 5, 2, 6, 3}), 1);
}

TEST(Entropy, IsThatOfWhatWasSeen) {
  EXPECT_EQ(probe::entropy({7, 7, 7}), 0);
  EXPECT_DOUBLE_EQ(probe::entropy({7, 14, 7, 14}), 1);
}

// Clopper and Pearson's own figures, as tables print them.
TEST(ExactInterval, HoldsWhatTablesSay) {
  EXPECT_NEAR(probe::exact_interval(10, 10).low, 0.6915, 1e-4);
  EXPECT_EQ(probe::exact_interval(10, 10).high, 1);
  EXPECT_EQ(probe::exact_interval(0, 10).low, 0);
  EXPECT_NEAR(probe::exact_interval(0, 10).high, 0.3085, 1e-4);
  EXPECT_NEAR(probe::exact_interval(5, 10).low, 0.1871, 1e-4);
  EXPECT_NEAR(probe::exact_interval(5, 10).high, 0.8129, 1e-4);
  EXPECT_EQ(probe::exact_interval(0, 0).high, 1);
}

probe::PortStepsSeen moved_by(const PortSteps& offsets) {
  probe::PortStepsSeen out;
  const net::Endpoint seen = net::endpoint("203.0.113.9:5000");
  for (const int offset : offsets) {
    out.push_back({.seen = seen, .next = net::with_port(seen, static_cast<std::uint16_t>(5000 + offset))});
  }
  return out;
}

TEST(Predictor, LearnsWhatComesMostOften) {
  EXPECT_EQ(to_string(probe::learn(moved_by({0, 0, 0}))), "0, +1, +2");
  EXPECT_EQ(to_string(probe::learn(moved_by({7, 7, 7}))), "+7, +14, +21");
  EXPECT_EQ(to_string(probe::learn(moved_by({7, 7, 101, 7}))), "+7, +14, +21");
  EXPECT_EQ(to_string(probe::learn(moved_by({2, 4, 4, 2, 4}))), "+4, +2, +6");
  EXPECT_EQ(to_string(probe::learn(moved_by({-1, -1}))), "-1, -2, -3");
}

TEST(Predictor, IsMeasuredOnWhatItHasNotSeen) {
  EXPECT_EQ(probe::measure(moved_by({7, 7, 7, 7})).hits, 4U);
  EXPECT_EQ(probe::measure(moved_by({300, 9000, -77, 4000})).hits, 0U) << "each alone would be foretold by itself";
  EXPECT_EQ(probe::measure({}).trials, 0U);
}

TEST(Predictor, AnotherAddress_IsNoHit) {
  auto steps = moved_by({1, 1, 1});
  steps[1].next.address = net::address("203.0.113.10");
  EXPECT_EQ(probe::measure(steps).hits, 2U);
}

}  // namespace port_sequence_test
