// The small pure parts of the rendezvous and the peer.

#include <gtest/gtest.h>

#include <set>

#include "traversal/response_cache.h"
#include "traversal/secrets.h"
#include "traversal/summary.h"

namespace parts_test {

using namespace traversal;
using namespace std::chrono_literals;

TEST(Secrets, NeverGiveTheSameTwice) {
  Secrets secrets({1});
  std::set<Key> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(secrets.next_key()).second);
  EXPECT_NE(Secrets({1}).next_id(), Secrets({2}).next_id());
}

TEST(Secrets, ANonce_IsForOneSource_AndEnds) {
  const Secrets secrets({1});
  const auto source = net::endpoint("192.0.2.1:4000");
  const net::TimePoint now{100s};
  const std::string nonce = secrets.nonce_for(source, now);
  EXPECT_EQ(secrets.age_of(nonce, source, now), 0ms);
  EXPECT_EQ(secrets.age_of(nonce, source, now + 130ms), 130ms);
  EXPECT_EQ(secrets.age_of(nonce, source, now + 23s), 23s);
  EXPECT_FALSE(secrets.age_of(nonce, source, now + 24s));
  EXPECT_FALSE(secrets.age_of(nonce, net::endpoint("192.0.2.1:4001"), now));
  EXPECT_FALSE(secrets.age_of(nonce, net::endpoint("192.0.2.2:4000"), now));
  for (const char* other : {"", "0", "00000000", "-0000001", "zzzzzzzz0123456789abcdef"}) {
    EXPECT_FALSE(secrets.age_of(other, source, now)) << other;
  }
  std::string older = nonce;
  older[7] = older[7] == '0' ? '1' : '0';
  EXPECT_FALSE(secrets.age_of(older, source, now)) << "its moment is signed, too";
  EXPECT_FALSE(Secrets({2}).age_of(nonce, source, now));
}

TEST(ResponseCache, KeepsFor40Seconds_BySourceAndId) {
  ResponseCache cache;
  const auto source = net::endpoint("192.0.2.1:4000");
  const stun::TransactionId id{{1}};
  cache.keep(net::TimePoint{}, source, id, {1, 2, 3});
  ASSERT_NE(cache.find(source, id), nullptr);
  EXPECT_EQ(*cache.find(source, id), (net::Bytes{1, 2, 3}));
  EXPECT_EQ(cache.find(net::endpoint("192.0.2.1:4001"), id), nullptr);
  cache.keep(net::TimePoint{40s}, source, {{2}}, {});
  EXPECT_NE(cache.find(source, id), nullptr);
  cache.keep(net::TimePoint{41s}, source, {{3}}, {});
  EXPECT_EQ(cache.find(source, id), nullptr);
}

Attempt attempt(unsigned trial, Outcome outcome, net::Duration time = {}) {
  return {.trial = trial,
          .strategy = "s",
          .outcome = outcome,
          .time_to_connect = connected(outcome) ? std::optional(time) : std::nullopt,
          .why = connected(outcome) ? "" : "why"};
}

TEST(Summary, CountsTrials_AndTakesTheBest) {
  PairOutcome pair{.attempts = {attempt(1, Outcome::Direct, 30ms), attempt(2, Outcome::Failed),
                                attempt(3, Outcome::Direct, 50ms), attempt(4, Outcome::Direct, 70ms)}};
  summarize(pair);
  EXPECT_EQ(pair.outcome, Outcome::Direct);
  EXPECT_EQ(pair.trials, 4U);
  EXPECT_EQ(pair.successes, 3U);
  ASSERT_TRUE(pair.connect);
  EXPECT_EQ(pair.connect->min, 30ms);
  EXPECT_EQ(pair.connect->median, 50ms);
  EXPECT_EQ(pair.connect->max, 70ms);
  EXPECT_EQ(pair.why, "");
}

TEST(Summary, WithoutSuccess_SaysWhy) {
  PairOutcome pair{.attempts = {attempt(1, Outcome::Failed), attempt(2, Outcome::OneWay)}};
  summarize(pair);
  EXPECT_EQ(pair.outcome, Outcome::OneWay);
  EXPECT_EQ(pair.successes, 0U);
  EXPECT_FALSE(pair.connect);
  EXPECT_EQ(pair.why, "why");
}

TEST(Summary, RefusedAttempts_AreNotTrials) {
  PairOutcome pair{.attempts = {attempt(1, Outcome::NotRun)}};
  summarize(pair);
  EXPECT_EQ(pair.outcome, Outcome::NotRun);
  EXPECT_EQ(pair.trials, 0U);
}

TEST(Rows, CarryAMatrixWhole) {
  Matrix matrix{.hosts = {{.name = "a"}, {.name = "b"}},
                .pairs = {{.a = "a",
                           .b = "b",
                           .outcome = Outcome::Direct,
                           .attempts = {attempt(1, Outcome::Direct), attempt(2, Outcome::Failed)}},
                          {.a = "a", .b = "c", .outcome = Outcome::NotRun}}};
  matrix.pairs[0].attempts[1].timeline = {{Witness::A, {1ms, Step::Heard, std::nullopt}}, {}};
  const auto rows = rows_of(matrix);
  EXPECT_EQ(rows.size(), 2U + 2 + 2 + 2);
  const Matrix back = matrix_of(rows);
  ASSERT_EQ(back.hosts.size(), 2U);
  ASSERT_EQ(back.pairs.size(), 2U);
  EXPECT_EQ(back.pairs[0].attempts.size(), 2U);
  EXPECT_EQ(back.pairs[0].attempts[1].outcome, Outcome::Failed);
  EXPECT_TRUE(back.pairs[0].attempts[0].timeline.empty());
  ASSERT_EQ(back.pairs[0].attempts[1].timeline.size(), 2U);
  EXPECT_EQ(back.pairs[0].attempts[1].timeline[0].event.step, Step::Heard);
  EXPECT_TRUE(back.pairs[1].attempts.empty());
}

TEST(Disagreement, IsAboutPairsThatTried) {
  const auto pair = [](Prediction predicted, Outcome outcome) {
    return PairOutcome{.predicted = predicted, .outcome = outcome, .strategy = "simultaneous-open"};
  };
  EXPECT_TRUE(disagrees(pair(Prediction::Direct, Outcome::Failed)));
  EXPECT_TRUE(disagrees(pair(Prediction::Direct, Outcome::OneWay)));
  EXPECT_TRUE(disagrees(pair(Prediction::Needs1Port, Outcome::Direct)));
  EXPECT_TRUE(disagrees(pair(Prediction::Needs2PortsJointly, Outcome::Asymmetric)));
  EXPECT_FALSE(disagrees(pair(Prediction::Direct, Outcome::Direct)));
  EXPECT_FALSE(disagrees(pair(Prediction::Direct, Outcome::Asymmetric)));
  EXPECT_FALSE(disagrees(pair(Prediction::Direct, Outcome::AgentLost)));
  EXPECT_FALSE(disagrees(pair(Prediction::Direct, Outcome::NotRun)));
  EXPECT_FALSE(disagrees(pair(Prediction::Needs1Port, Outcome::Failed)));
  EXPECT_FALSE(disagrees(pair(Prediction::Unknown, Outcome::Failed)));
}

TEST(Words, OfEveryEnumerator_ComeBack) {
  for (int i = 0; i <= static_cast<int>(Prediction::Unknown); ++i) {
    EXPECT_EQ(parse_prediction(to_string(static_cast<Prediction>(i))), static_cast<Prediction>(i));
  }
  for (int i = 0; i <= static_cast<int>(Outcome::NotRun); ++i) {
    EXPECT_EQ(parse_outcome(to_string(static_cast<Outcome>(i))), static_cast<Outcome>(i));
  }
  for (int i = 0; i <= static_cast<int>(Step::PathLost); ++i) {
    EXPECT_EQ(parse_step(to_string(static_cast<Step>(i))), static_cast<Step>(i));
  }
  for (int i = 0; i <= static_cast<int>(Witness::Reflector2); ++i) {
    EXPECT_EQ(parse_witness(to_string(static_cast<Witness>(i))), static_cast<Witness>(i));
  }
  EXPECT_EQ(parse_outcome("splendid"), std::nullopt);
}

}  // namespace parts_test
