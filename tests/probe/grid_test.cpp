// Every kind of NAT there is, in memory, against two cooperating reflectors: calm, rough, and with the partner gone.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>

#include "tests/probe/world.h"

namespace grid_test {

using namespace world;

struct Tally {
  unsigned right = 0;
  unsigned unknown = 0;
  unsigned wrong = 0;
  std::string first_not_right;

  [[nodiscard]] unsigned all() const { return right + unknown + wrong; }

  void count(const lab::NatProfile& kind, const probe::Report& report) {
    const Judgement judgement = judge(report.verdict, lab::observed_truth(kind));
    ++(judgement == Judgement::Right ? right : judgement == Judgement::Unknown ? unknown : wrong);
    const bool worse = judgement == Judgement::Wrong && wrong == 1;
    if (judgement != Judgement::Right && (first_not_right.empty() || worse)) {
      first_not_right = kind.name + ": " + describe(report);
    }
  }
};

Tally tally(const lab::LinkProfile& link, unsigned runs) {
  Tally out;
  for (std::uint64_t seed = 1; out.all() < runs; ++seed) {
    World world({.seed = seed});
    for (const lab::NatProfile& kind : all_kinds()) out.count(kind, world.run(world.bed.add_site(kind, link)));
  }
  return out;
}

unsigned asked_for(const char* variable, unsigned otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::atoi(value));
}

TEST(Grid, EveryKind_IsRight_EveryTime) {
  constexpr std::uint64_t seeds = 200;
  const Tally runs = tally(calm(), seeds * static_cast<unsigned>(all_kinds().size()));
  EXPECT_EQ(runs.unknown + runs.wrong, 0U) << runs.first_not_right;
}

// Loss each way, with jitter, 20 % duplication and 25 % reordering: never wrong, and known at least so often.
struct Level {
  double loss;
  double known;
};
class UnderLoss : public testing::TestWithParam<Level> {};

// More runs by hand, and in the set `long`: NATSCOPE_RUNS=10000.
TEST_P(UnderLoss, NeverWrong_SeldomUnknown) {
  const auto [loss, known] = GetParam();
  const Tally runs = tally(rough(loss), asked_for("NATSCOPE_RUNS", 1000));
  std::printf("loss %.0f %%: right %u, unknown %u, wrong %u\n", 100 * loss, runs.right, runs.unknown, runs.wrong);
  ASSERT_GT(runs.all(), 0U);
  EXPECT_EQ(runs.wrong, 0U) << runs.first_not_right;
  EXPECT_GE(runs.right, known * runs.all()) << runs.first_not_right;
}

INSTANTIATE_TEST_SUITE_P(Grid, UnderLoss,
                         testing::Values(Level{0, 1}, Level{0.05, 0.999}, Level{0.1, 0.999}, Level{0.2, 0.99},
                                         Level{0.3, 0.95}),
                         [](const auto& level) {
                           return "Loss" + std::to_string(std::lround(100 * level.param.loss)) + "Percent";
                         });

// 0 to 2 s each way, 20 % duplication, 25 % reordering: patience follows the slowest answer of the run.
TEST(Grid, UnderWildDelays_NeverWrong) {
  const lab::LinkProfile wild{.jitter = 2s, .duplication = 0.2, .reordering = 0.25};
  const Tally runs = tally(wild, asked_for("NATSCOPE_RUNS", 300));
  std::printf("right %u, unknown %u, wrong %u\n", runs.right, runs.unknown, runs.wrong);
  ASSERT_GT(runs.all(), 0U);
  EXPECT_EQ(runs.wrong, 0U) << runs.first_not_right;
  EXPECT_GE(runs.right, 0.9 * runs.all()) << runs.first_not_right;
}

}  // namespace grid_test
