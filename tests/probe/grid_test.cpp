// Every kind of NAT there is, in memory, against two cooperating reflectors.

#include <gtest/gtest.h>

#include "world.h"

namespace {

using namespace world;

constexpr std::uint64_t seeds = 200;

TEST(Grid, EveryKind_IsRight_EveryTime) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    World world({.seed = seed});
    for (const lab::NatProfile& kind : all_kinds()) {
      const probe::Report report = world.run(world.bed.add_site(kind, calm()));
      ASSERT_EQ(judge(report.verdict, lab::observed_truth(kind)), Judgement::Right)
          << kind.name << ", seed " << seed << ": " << describe(report);
    }
  }
}

}  // namespace
