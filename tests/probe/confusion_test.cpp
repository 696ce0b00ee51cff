// What every named NAT is beside what the probe concludes of it, over several seeds, in memory.

#include <gtest/gtest.h>

#include <iostream>

#include "tests/confusion_table.h"
#include "tests/probe/world.h"

namespace confusion_test {

using namespace world;

std::string words(const net::NatBehavior& behavior) { return net::short_name(behavior); }

TEST(Confusion, OfEveryNamedProfile_HasNothingBesideTheDiagonal) {
  constexpr std::uint64_t seeds = 5;
  tests::ConfusionTable table;
  std::string wrong;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    World world({.seed = seed});
    for (const lab::NatProfile& profile : lab::all_profiles()) {
      const probe::Report report = world.run(world.bed.add_site(profile, calm()));
      const std::string truth = words(lab::observed_truth(profile));
      const std::string verdict = words(probe::behavior_of(report.verdict));
      table.add(truth, verdict);
      if (truth != verdict) wrong += profile.name + ": " + verdict + "\n";
    }
  }
  std::cout << table << table.right() << " of " << table.total() << " right\n";
  EXPECT_EQ(table.total(), seeds * lab::all_profiles().size());
  EXPECT_EQ(table.right(), table.total()) << wrong;
}

}  // namespace confusion_test
