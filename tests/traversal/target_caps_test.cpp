#include "traversal/target_caps.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace target_caps_test {

using namespace traversal;
using namespace std::chrono_literals;

const net::IpAddress target = net::address("192.0.2.1");
const net::IpAddress another = net::address("192.0.2.2");
constexpr Id matrix = {1};
constexpr Id later_matrix = {2};
constexpr TargetCaps::Use punch = {.punches = 1};
constexpr TargetCaps::Use spray = {.punches = 1, .sprays = 1};

TEST(HourlyCount, HoldsForAnyHour) {
  HourlyCount count;
  for (int minute = 0; minute < 300; ++minute) count.add(net::TimePoint(minute * 1min), 2);
  EXPECT_EQ(count.total(net::TimePoint(299min)), 122U);
  EXPECT_EQ(count.total(net::TimePoint(299min + 59s)), 122U);
  EXPECT_EQ(count.total(net::TimePoint(329min)), 62U);
  EXPECT_EQ(count.total(net::TimePoint(360min)), 0U);
  count.add(net::TimePoint(10'000min), 5);
  EXPECT_EQ(count.total(net::TimePoint(10'000min)), 5U);
}

TEST(TargetCaps, FourJobsAtOnce_OneOfThemASpray) {
  TargetCaps caps;
  caps.begin(target, spray);
  EXPECT_FALSE(caps.room(target, spray));
  EXPECT_TRUE(caps.room(another, spray));
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(caps.room(target, punch));
    caps.begin(target, punch);
  }
  EXPECT_FALSE(caps.room(target, punch));
  caps.end(target, spray, spray);
  EXPECT_TRUE(caps.room(target, spray));
}

TEST(TargetCaps, AThousandPunches_AndTwelveSprays_AnHour_AreNamedWhenTheyAreUp) {
  TargetCaps caps;
  for (int i = 0; i < 1000; ++i) caps.attempted(target, false, net::TimePoint(i * 1s));
  EXPECT_EQ(caps.refusal(target, matrix, punch, net::TimePoint(1000s)), "cap: 1,000 punches an hour towards 192.0.2.1");
  EXPECT_FALSE(caps.refusal(another, matrix, punch, net::TimePoint(1000s)));
  EXPECT_FALSE(caps.refusal(target, matrix, punch, net::TimePoint(62min)));
  for (int i = 0; i < 12; ++i) caps.attempted(another, true, net::TimePoint(2000s));
  EXPECT_EQ(caps.refusal(another, matrix, spray, net::TimePoint(2000s)), "cap: 12 sprays an hour towards 192.0.2.2");
  EXPECT_FALSE(caps.refusal(another, matrix, punch, net::TimePoint(2000s)));
}

// Jobs side by side are promised what they will use; what they do not use is free again.
TEST(TargetCaps, WhatIsPromised_IsPromisedOnce) {
  constexpr TargetCaps::Use most = {.punches = 600};
  constexpr net::TimePoint now{1s};
  TargetCaps caps;
  caps.begin(target, most);
  EXPECT_EQ(caps.refusal(target, matrix, most, now), "cap: 1,000 punches an hour towards 192.0.2.1");
  EXPECT_FALSE(caps.refusal(target, matrix, {.punches = 400}, now));
  for (int i = 0; i < 100; ++i) caps.attempted(target, false, now, true);
  EXPECT_FALSE(caps.refusal(target, matrix, {.punches = 400}, now)) << "what was attempted is promised no more";
  EXPECT_TRUE(caps.refusal(target, matrix, {.punches = 401}, now));
  caps.end(target, most, {.punches = 500});
  EXPECT_FALSE(caps.refusal(target, matrix, {.punches = 900}, now));
  EXPECT_TRUE(caps.refusal(target, matrix, {.punches = 901}, now));
}

TEST(TargetCaps, NoAttempt_GoesBeyondTheHour) {
  TargetCaps caps;
  for (int i = 0; i < 1000; ++i) {
    EXPECT_FALSE(caps.exhausted(target, false, net::TimePoint{}));
    caps.attempted(target, false, net::TimePoint{});
  }
  EXPECT_EQ(caps.exhausted(target, false, net::TimePoint{}), "cap: 1,000 punches an hour towards 192.0.2.1");
  EXPECT_FALSE(caps.exhausted(target, true, net::TimePoint{}));
  for (int i = 0; i < 12; ++i) caps.attempted(target, true, net::TimePoint{});
  EXPECT_EQ(caps.exhausted(target, true, net::TimePoint{}), "cap: 12 sprays an hour towards 192.0.2.1");
}

TEST(TargetCaps, AFailedSpray_IsNotFollowedByAnotherMatrix_ForTenMinutes) {
  TargetCaps caps;
  caps.cool(target, matrix, net::TimePoint(1s));
  EXPECT_FALSE(caps.refusal(target, matrix, spray, net::TimePoint(2s)));
  EXPECT_FALSE(caps.refusal(target, later_matrix, punch, net::TimePoint(2s)));
  EXPECT_EQ(caps.refusal(target, later_matrix, spray, net::TimePoint(600s)),
            "cool-down: 10 minutes without sprays towards 192.0.2.1 after a failed job that sprayed");
  EXPECT_FALSE(caps.refusal(target, later_matrix, spray, net::TimePoint(601s)));
}

// A thousand jobs aimed at one address, each as large as it may be: what arrives there in any second and in any hour.
TEST(TargetCaps, ManyHostileJobs_StayBelowTheTargetsBounds) {
  constexpr unsigned packets_of_a_punch = 60;    // peers' own bound, 20 a second after a burst of 4
  constexpr unsigned packets_of_a_spray = 1024;  // at most 100 a second
  TargetCaps caps;
  unsigned punches = 0;
  unsigned sprayed = 0;
  unsigned most_at_once = 0;
  for (int second = 0; second < 3600; second += 3) {
    const net::TimePoint now(second * 1s);
    std::vector<TargetCaps::Use> running;
    for (int host = 0; host < 1000; ++host) {
      const TargetCaps::Use use = host % 2 == 0 ? spray : punch;
      if (caps.refusal(target, {static_cast<std::uint8_t>(host % 250)}, use, now) || !caps.room(target, use)) continue;
      caps.begin(target, use);
      caps.attempted(target, use.sprays > 0, now, true);
      (use.sprays > 0 ? sprayed : punches) += 1;
      running.push_back(use);
    }
    unsigned rate = 0;
    for (const auto& use : running) {
      rate += use.sprays > 0 ? 100 : 20;
      caps.end(target, use, {.punches = use.sprays});  // a job that sprays was promised a punch, too
    }
    most_at_once = std::max(most_at_once, rate);
  }
  EXPECT_LE(most_at_once, 180U);
  EXPECT_LE(punches * packets_of_a_punch + sprayed * packets_of_a_spray, 75'000U);
  EXPECT_EQ(sprayed, 12U);
  EXPECT_EQ(punches, 1000U);
}

TEST(TargetCaps, OldTargets_AreForgotten) {
  TargetCaps caps;
  for (unsigned i = 0; i < 1000; ++i)
    caps.attempted(net::IpAddress::v4({10, 0, static_cast<std::uint8_t>(i / 250), static_cast<std::uint8_t>(i % 250)}),
                   false, net::TimePoint{});
  caps.begin(target, punch);
  EXPECT_EQ(caps.size(), 1001U);
  caps.forget_old(net::TimePoint(2h));
  EXPECT_EQ(caps.size(), 1U);
}

}  // namespace target_caps_test
