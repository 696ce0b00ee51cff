// Every kind of NAT there is, in memory, against two cooperating reflectors: calm, rough, and with the partner gone.

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "world.h"

namespace {

using namespace world;

struct Tally {
  unsigned right = 0;
  unsigned unknown = 0;
  unsigned wrong = 0;
  std::string first_not_right;

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
  for (std::uint64_t seed = 1; out.right + out.unknown + out.wrong < runs; ++seed) {
    World world({.seed = seed});
    for (const lab::NatProfile& kind : all_kinds()) out.count(kind, world.run(world.bed.add_site(kind, link)));
  }
  return out;
}

TEST(Grid, EveryKind_IsRight_EveryTime) {
  constexpr std::uint64_t seeds = 200;
  const Tally runs = tally(calm(), seeds * static_cast<unsigned>(all_kinds().size()));
  EXPECT_EQ(runs.unknown + runs.wrong, 0U) << runs.first_not_right;
}

// 10 % loss each way, 20 % duplication, 25 % reordering.
TEST(Grid, UnderLoss_NeverWrong_SeldomUnknown) {
  const Tally runs = tally(rough(0.1), 1000);
  EXPECT_EQ(runs.wrong, 0U) << runs.first_not_right;
  EXPECT_LE(runs.unknown, (runs.right + runs.unknown) / 1000) << runs.first_not_right;
}

// The same at another loss and length, by hand: NATSCOPE_LOSS=0.3 NATSCOPE_RUNS=10000.
TEST(Grid, UnderTheLossAskedFor_NeverWrong) {
  const char* loss = std::getenv("NATSCOPE_LOSS");
  const char* runs = std::getenv("NATSCOPE_RUNS");
  if (loss == nullptr || runs == nullptr) GTEST_SKIP() << "NATSCOPE_LOSS and NATSCOPE_RUNS are not set";
  const Tally seen = tally(rough(std::atof(loss)), static_cast<unsigned>(std::atoi(runs)));
  RecordProperty("right", static_cast<int>(seen.right));
  std::printf("right %u, unknown %u, wrong %u\n%s", seen.right, seen.unknown, seen.wrong, seen.first_not_right.c_str());
  EXPECT_EQ(seen.wrong, 0U);
  EXPECT_GE(seen.right, 0.95 * (seen.right + seen.unknown + seen.wrong));
}

}  // namespace
