// What a run costs: the default one at most 400 packets, 40 flows and 3 s at 50 ms round trip, behind every kind of NAT.

#include <gtest/gtest.h>

#include "tests/probe/world.h"

namespace budget_test {

using namespace world;

constexpr net::Duration longest_default_run = 3s;

TEST(DefaultRun, KeepsItsTrafficAndItsTime) {
  for (const lab::NatProfile& kind : all_kinds()) {
    World world;
    const probe::Report report = world.run(world.bed.add_site(kind, calm(50ms)));
    EXPECT_LE(report.traffic.packets, probe::default_budget.packets) << kind.name;
    EXPECT_LE(report.traffic.flows, probe::default_budget.flows) << kind.name;
    EXPECT_GT(report.traffic.flows, 0U) << kind.name;
    if (kind.udp_blocked) continue;
    EXPECT_LT(report.duration, longest_default_run) << kind.name;
    for (const probe::Observation& seen : report.observations) {
      EXPECT_NE(seen.outcome, probe::Outcome::NotSent) << kind.name << ": " << seen.query.discovery << ": " << seen.note;
    }
  }
}

TEST(DefaultRun, KeepsItsTraffic_WhateverIsLost) {
  for (const lab::NatProfile& kind : all_kinds()) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      World world({.seed = seed});
      const probe::Report report = world.run(world.bed.add_site(kind, rough(0.3)));
      EXPECT_LE(report.traffic.packets, probe::default_budget.packets) << kind.name << ", seed " << seed;
      EXPECT_LE(report.traffic.flows, probe::default_budget.flows) << kind.name << ", seed " << seed;
    }
  }
}

}  // namespace budget_test
