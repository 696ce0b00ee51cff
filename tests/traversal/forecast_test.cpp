#include "traversal/forecast.h"

#include <gtest/gtest.h>

namespace forecast_test {

using namespace traversal;
using namespace std::chrono_literals;

net::IpAddress address_of(std::uint32_t host) {
  return net::IpAddress::v4({198, 51, 100, static_cast<std::uint8_t>(host)});
}

// Every job takes a second; every host has an address of its own.
Forecast of_seconds(std::uint32_t hosts, TargetCaps::Use use = {.punches = 1}, TargetCaps caps = {}) {
  const auto pairs = every_pair(hosts);
  const auto outline = [&](std::uint32_t pair) {
    return JobOutline{.targets = {address_of(pairs[pair][0]), address_of(pairs[pair][1])}, .use = use, .length = 1s};
  };
  return forecast(pairs, hosts, outline, {1}, std::move(caps), net::TimePoint{});
}

TEST(Forecast, ATournament_TakesAsManyRoundsAsTheCircleHas) {
  EXPECT_EQ(of_seconds(2).length, 1s);
  EXPECT_GE(of_seconds(20).length, 19s);
  EXPECT_LE(of_seconds(20).length, 23s);  // jobs end one by one, and whoever is free begins
  EXPECT_EQ(of_seconds(20).not_run, 0U);
  EXPECT_GE(of_seconds(9).length, 9s);
  EXPECT_LE(of_seconds(9).length, 12s);
}

TEST(Forecast, OfAHundredHosts_WithThreeTrials_NoCapLeavesAnythingOut) {
  const Forecast honest = of_seconds(100, {.punches = 3});
  EXPECT_LE(honest.length, 110s);
  EXPECT_EQ(honest.not_run, 0U);
}

TEST(Forecast, HostsBehindOneAddress_WaitForEachOther) {
  const auto pairs = every_pair(20);
  const auto outline = [](std::uint32_t) {
    return JobOutline{.targets = {net::address("192.0.2.1")}, .use = {.punches = 1}, .length = 1s};
  };
  const net::Duration length = forecast(pairs, 20, outline, {1}, {}, net::TimePoint{}).length;
  EXPECT_GE(length, 116s);  // 190 pairs, four at once, each after 1.5 s of chance
  EXPECT_LE(length, 120s);
}

TEST(Forecast, NamesTheCap_AndCountsThePairsItLeavesOut) {
  const Forecast sprayed = of_seconds(5, {.punches = 3, .sprays = 6});
  EXPECT_EQ(sprayed.not_run, 5U);  // two jobs a host
  EXPECT_EQ(sprayed.why.find("cap: 12 sprays an hour towards 198.51.100."), 0U) << sprayed.why;
}

TEST(Forecast, WhatWillNotBeRun_TakesNoTime_AndTheFirstSaysWhy) {
  const auto pairs = every_pair(4);
  const auto outline = [&](std::uint32_t pair) {
    JobOutline job{.targets = {address_of(pairs[pair][0]), address_of(pairs[pair][1])}, .length = 1s};
    if (pairs[pair][0] == 0) job.not_run = "UDP is blocked";
    return job;
  };
  const Forecast told = forecast(pairs, 4, outline, {1}, {}, net::TimePoint{});
  EXPECT_EQ(told.not_run, 3U);
  EXPECT_EQ(told.why, "UDP is blocked");
  EXPECT_EQ(told.length, 3s);  // three hosts are left, whose pairs follow each other
}

TEST(Forecast, OfManyPairs_IsABound) {
  const auto pairs = every_pair(300);
  const auto outline = [&](std::uint32_t pair) {
    return JobOutline{.targets = {address_of(pairs[pair][0] % 250), address_of(pairs[pair][1] % 250)}, .length = 1s};
  };
  EXPECT_EQ(forecast(pairs, 300, outline, {1}, {}, net::TimePoint{}).length, 299s);
}

}  // namespace forecast_test
