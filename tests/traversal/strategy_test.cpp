#include "traversal/strategy.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "traversal/check.h"

namespace strategy_test {

using namespace traversal;
using namespace std::chrono_literals;

Plan plan_towards(const std::vector<Candidate>& candidates) {
  net::Random random(1);
  return find_strategy("simultaneous-open")->plan({}, {.candidates = candidates}, random);
}

const Candidate reflexive{CandidateType::ServerReflexive, net::endpoint("192.0.2.1:4711")};
const Candidate inside{CandidateType::Host, net::endpoint("192.168.0.2:4711")};

TEST(SimultaneousOpen, SendsABurstOfFour_Then20ASecond) {
  const Plan plan = plan_towards({reflexive});
  ASSERT_GT(plan.checks.size(), 20U);
  EXPECT_EQ(plan.checks[0].at, 0ms);
  EXPECT_EQ(plan.checks[3].at, 30ms);
  for (std::size_t i = 4; i < plan.checks.size(); ++i) EXPECT_EQ(plan.checks[i].at - plan.checks[i - 1].at, 50ms);
}

TEST(SimultaneousOpen, KeepsTheLimitOfAPunch_HoweverManyCandidates) {
  for (std::size_t count = 1; count <= 8; ++count) {
    EXPECT_LE(plan_towards(std::vector<Candidate>(count, reflexive)).checks.size(), most_checks_before_an_answer);
  }
}

TEST(SimultaneousOpen, CandidatesTakeTurns) {
  const Plan plan = plan_towards({inside, reflexive});
  EXPECT_EQ(plan.checks[0].to, inside.endpoint);
  EXPECT_EQ(plan.checks[1].to, reflexive.endpoint);
  EXPECT_EQ(plan.checks[2].to, inside.endpoint);
}

TEST(SimultaneousOpen, EndsAfterItsLastCheckHadTimeToBeAnswered) {
  const Plan plan = plan_towards({reflexive});
  EXPECT_GE(plan.length - plan.checks.back().at, 100ms);
}

TEST(SimultaneousOpen, WithNobodyToReach_IsEmpty) { EXPECT_TRUE(plan_towards({}).checks.empty()); }

TEST(Strategies, AreFoundByName) {
  for (const Strategy& strategy : strategies()) EXPECT_EQ(find_strategy(strategy.name), &strategy);
  EXPECT_EQ(find_strategy("telepathy"), nullptr);
}

}  // namespace strategy_test
