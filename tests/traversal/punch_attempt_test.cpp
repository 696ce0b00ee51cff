#include "traversal/punch_attempt.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace punch_attempt_test {

using namespace traversal;
using namespace std::chrono_literals;

const Key key = {9};
constexpr std::uint64_t attempt_id = 77;
const net::Endpoint planned_place = net::endpoint("203.0.113.2:5000");  // where the plan sends
const net::Endpoint another_place = net::endpoint("203.0.113.2:6000");  // another port of the other NAT

// One side under test; the other side's packets are made by hand.
class PunchStory : public testing::Test {
 protected:
  PunchStory() : attempt_(setup(), net::Random(1)) { advance_to(0ms); }

  static AttemptSetup setup() {
    AttemptSetup setup{.attempt = attempt_id, .key = key, .plan = {.length = 2000ms}, .start = net::TimePoint{}};
    for (int i = 0; i < 30; ++i) setup.plan.checks.push_back({i * 50ms, planned_place});
    return setup;
  }

  void advance_to(net::Duration at) {
    while (attempt_.next_deadline() && *attempt_.next_deadline() <= net::TimePoint{} + at) {
      now_ = std::max(now_, *attempt_.next_deadline());
      attempt_.tick(now_);
      collect();
    }
    now_ = net::TimePoint{} + at;
    attempt_.tick(now_);
    collect();
  }
  void collect() {
    for (auto& packet : attempt_.take_packets()) sent_.push_back(std::move(packet));
  }
  void hear(const net::Endpoint& from, const net::Bytes& datagram) {
    attempt_.handle(now_, from, datagram);
    collect();
  }
  net::Bytes foreign_check(std::uint64_t seed, std::uint64_t attempt = attempt_id) {
    net::Random random(1000 + seed);
    return encode(Check{stun::TransactionId::random(random), attempt}, key);
  }
  net::Bytes answer_to(const PunchAttempt::Packet& packet) {
    const auto check = decode_check(packet.payload, key);
    return encode(CheckAnswer{std::get<Check>(*check).id, net::endpoint("198.51.100.1:4000")}, key);
  }
  std::size_t checks_to(const net::Endpoint& to) const { return count<Check>(to); }
  std::size_t answers_to(const net::Endpoint& to) const { return count<CheckAnswer>(to); }

  PunchAttempt attempt_;
  net::TimePoint now_;
  std::vector<PunchAttempt::Packet> sent_;

 private:
  template <typename Kind>
  std::size_t count(const net::Endpoint& to) const {
    return static_cast<std::size_t>(std::count_if(sent_.begin(), sent_.end(), [&](const auto& packet) {
      const auto decoded = decode_check(packet.payload, key);
      return packet.to == to && decoded && std::holds_alternative<Kind>(*decoded);
    }));
  }
};

TEST_F(PunchStory, AnAnswerFromWhereTheCheckWent_ProvesOnePath_AtOnce) {
  advance_to(120ms);
  hear(planned_place, answer_to(sent_[0]));
  EXPECT_TRUE(attempt_.decided());
  EXPECT_EQ(attempt_.half().proof, Proof::SamePath);
  EXPECT_EQ(attempt_.half().proven_after, 120ms);
  const auto before = sent_.size();
  advance_to(2000ms);
  EXPECT_EQ(sent_.size(), before) << "nothing more is sent once one path is proven";
}

TEST_F(PunchStory, AnAnswerFromElsewhere_IsTwoPaths_AndOnlyTheEndMakesItAResult) {
  hear(another_place, answer_to(sent_[0]));
  EXPECT_EQ(attempt_.half().proof, Proof::TwoPaths);
  EXPECT_FALSE(attempt_.decided());
  advance_to(1999ms);
  EXPECT_FALSE(attempt_.decided());
  advance_to(2000ms);
  EXPECT_TRUE(attempt_.decided());
  EXPECT_EQ(attempt_.half().proof, Proof::TwoPaths);
  EXPECT_EQ(attempt_.half().proven_after, 0ms);
}

TEST_F(PunchStory, OnePathAfterTwo_Wins) {
  hear(another_place, answer_to(sent_[0]));
  advance_to(200ms);
  const auto second = std::find_if(sent_.begin() + 1, sent_.end(), [](const auto& p) { return p.to == planned_place; });
  ASSERT_NE(second, sent_.end());
  hear(planned_place, answer_to(*second));
  EXPECT_EQ(attempt_.half().proof, Proof::SamePath);
  EXPECT_EQ(attempt_.half().proven_after, 0ms) << "connected since the first proof";
}

TEST_F(PunchStory, EveryValidCheck_IsAnsweredOnce_WhereItCameFrom) {
  const net::Bytes check = foreign_check(1);
  hear(another_place, check);
  hear(another_place, check);
  EXPECT_EQ(answers_to(another_place), 1U);
  EXPECT_TRUE(attempt_.half().heard);
}

TEST_F(PunchStory, ANewSource_IsCheckedAtOnce_AndAgain) {
  hear(another_place, foreign_check(1));
  EXPECT_EQ(checks_to(another_place), 1U);
  hear(another_place, foreign_check(2));
  EXPECT_EQ(checks_to(another_place), 1U) << "a known source waits for its turn";
  advance_to(100ms);
  EXPECT_EQ(checks_to(another_place), 2U);
}

TEST_F(PunchStory, WhatIsNotAuthentic_MeetsSilence) {
  const auto before = sent_.size();
  Key wrong = key;
  wrong[0] ^= 1;
  net::Random random(5);
  for (int i = 0; i < 100'000; ++i) {
    hear(another_place, encode(Check{stun::TransactionId::random(random), attempt_id}, wrong));
  }
  hear(another_place, foreign_check(1, attempt_id + 1));
  hear(another_place, {});
  EXPECT_EQ(sent_.size(), before);
  EXPECT_FALSE(attempt_.half().heard);
}

TEST_F(PunchStory, OurOwnCheckSentBack_IsNotTheOtherSide) {
  hear(planned_place, sent_[0].payload);
  EXPECT_FALSE(attempt_.half().heard);
  EXPECT_EQ(answers_to(planned_place), 0U);
}

TEST_F(PunchStory, AnAnswerToNothingWeAsked_ProvesNothing) {
  net::Random random(5);
  hear(planned_place, encode(CheckAnswer{stun::TransactionId::random(random), planned_place}, key));
  EXPECT_EQ(attempt_.half().proof, Proof::None);
  EXPECT_FALSE(attempt_.half().heard);
}

TEST_F(PunchStory, WithoutAnyAnswer_AtMost60ChecksGoOut_WhateverIsHeard) {
  for (std::uint16_t i = 0; i < 500; ++i) {
    advance_to(i * 4ms);
    hear(net::with_port(another_place, static_cast<std::uint16_t>(7000 + i)), foreign_check(i));
  }
  advance_to(2000ms);
  std::size_t checks = 0;
  for (const auto& packet : sent_) {
    const auto decoded = decode_check(packet.payload, key);
    checks += std::holds_alternative<Check>(*decoded) ? 1U : 0U;
  }
  EXPECT_LE(checks, 60U);
  EXPECT_GE(checks, 30U);
  EXPECT_LE(sent_.size() - checks, 240U) << "answers are bounded too";
}

TEST_F(PunchStory, NobodyThere_FailsAtTheEnd_NotBefore) {
  advance_to(1999ms);
  EXPECT_FALSE(attempt_.decided());
  advance_to(2000ms);
  EXPECT_TRUE(attempt_.decided());
  EXPECT_FALSE(attempt_.half().heard);
  EXPECT_EQ(attempt_.half().proof, Proof::None);
  EXPECT_EQ(attempt_.half().packets, 30U);
  EXPECT_FALSE(attempt_.next_deadline());
}

TEST_F(PunchStory, AfterTheEnd_ChecksAreStillAnswered_ButChangeNothing) {
  advance_to(2000ms);
  hear(another_place, foreign_check(1));
  EXPECT_EQ(answers_to(another_place), 1U);
  EXPECT_EQ(checks_to(another_place), 0U);
  EXPECT_FALSE(attempt_.half().heard);
}

// ---- further sockets, searches, holds
// --------------------------------------------------------------------------------

net::Bytes answer_by_hand(const PunchAttempt::Packet& packet) {
  return encode(CheckAnswer{std::get<Check>(*decode_check(packet.payload, key)).id, another_place}, key);
}
net::Bytes check_by_hand(std::uint64_t seed) {
  net::Random random(seed);
  return encode(Check{stun::TransactionId::random(random), attempt_id}, key);
}
net::TimePoint at(net::Duration since_start) { return net::TimePoint{} + since_start; }

AttemptSetup search_setup() {
  AttemptSetup setup{.attempt = attempt_id, .key = key, .plan = {.length = 5s, .sockets = 3, .search = true}};
  for (std::uint16_t i = 0; i < 300; ++i) {
    setup.plan.checks.push_back(
        {.at = i * 10ms, .to = planned_place, .socket = static_cast<std::uint16_t>(i % 3), .to_where_heard = true});
  }
  setup.plan.most_checks = 1024;
  return setup;
}

TEST(Search, ASocketAnswersForItself) {
  PunchAttempt attempt(search_setup(), net::Random(1));
  attempt.handle(at(0ms), another_place, check_by_hand(7), 2);
  for (const auto& packet : attempt.take_packets()) {
    EXPECT_EQ(packet.socket, 2U);
    EXPECT_EQ(packet.to, another_place);
  }
}

TEST(Search, AnAnswerAtAnotherSocket_IsNotOnePath) {
  PunchAttempt attempt(search_setup(), net::Random(1));
  attempt.tick(at(0ms));
  const auto sent = attempt.take_packets();
  ASSERT_EQ(sent.size(), 1U);
  attempt.handle(at(5ms), planned_place, answer_by_hand(sent[0]), 1);
  EXPECT_EQ(attempt.half().proof, Proof::TwoPaths);
}

TEST(Search, FollowsTheOtherSide_ToWhereItWasHeard) {
  PunchAttempt attempt(search_setup(), net::Random(1));
  attempt.tick(at(0ms));
  attempt.handle(at(5ms), another_place, check_by_hand(7), 0);
  (void)attempt.take_packets();
  attempt.tick(at(10ms));
  const auto sent = attempt.take_packets();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, another_place);
  EXPECT_EQ(sent[0].socket, 1U);
}

TEST(Search, EndsAtOnce_OnAValidAnswer_AStop_OrThreeIcmpErrors) {
  using End = void (*)(PunchAttempt&, const PunchAttempt::Packet&);
  constexpr End answered = [](PunchAttempt& attempt, const PunchAttempt::Packet& first) {
    attempt.handle(at(1000ms), planned_place, answer_by_hand(first), first.socket);
  };
  constexpr End stopped = [](PunchAttempt& attempt, const PunchAttempt::Packet&) { attempt.stop(at(1000ms)); };
  constexpr End unreachable = [](PunchAttempt& attempt, const PunchAttempt::Packet&) {
    for (int i = 0; i < 3; ++i) attempt.handle_unreachable(at(1000ms), planned_place);
  };
  for (const End end : {answered, stopped, unreachable}) {
    PunchAttempt attempt(search_setup(), net::Random(1));
    attempt.tick(at(1000ms));
    const auto before = attempt.take_packets();
    ASSERT_EQ(before.size(), 101U);
    end(attempt, before[0]);
    (void)attempt.take_packets();
    for (net::Duration time = 1000ms; time <= 6s; time += 10ms) attempt.tick(at(time));
    EXPECT_TRUE(attempt.take_packets().empty());
    EXPECT_TRUE(attempt.decided());
  }
}

TEST(OrdinaryPunch, GoesOn_ThroughIcmpErrors) {
  AttemptSetup setup = search_setup();
  setup.plan.search = false;
  PunchAttempt attempt(setup, net::Random(1));
  for (int i = 0; i < 10; ++i) attempt.handle_unreachable(at(0ms), planned_place);
  attempt.tick(at(100ms));
  EXPECT_FALSE(attempt.take_packets().empty());
}

class HoldStory : public testing::Test {
 protected:
  HoldStory() : attempt_(setup(), net::Random(1)) {
    attempt_.tick(at(0ms));
    first_ = attempt_.take_packets().front();
    attempt_.handle(at(40ms), planned_place, answer_by_hand(first_));
    attempt_.tick(at(40ms));
  }
  static AttemptSetup setup() {
    return {.attempt = attempt_id, .key = key, .plan = {.checks = {{0ms, planned_place}}, .length = 2s}, .hold = 1s};
  }
  // Answers the first so many checks, 30 ms after each.
  void play(unsigned answered) {
    unsigned seen = 0;
    while (!attempt_.decided()) {
      const net::TimePoint now = std::max(now_, attempt_.next_deadline().value_or(now_));
      attempt_.tick(now);
      now_ = now;
      for (const auto& packet : attempt_.take_packets()) {
        if (seen++ < answered) attempt_.handle(now + 30ms, planned_place, answer_by_hand(packet));
      }
    }
  }

  PunchAttempt attempt_;
  PunchAttempt::Packet first_;
  net::TimePoint now_ = at(40ms);
};

TEST_F(HoldStory, APathThatIsHeld_IsAResultOnlyAfterwards) {
  EXPECT_EQ(attempt_.half().proven_after, 40ms);
  EXPECT_FALSE(attempt_.decided());
  play(20);
  EXPECT_EQ(now_, at(1040ms));
  const auto& held = attempt_.half().held;
  ASSERT_TRUE(held);
  EXPECT_EQ(held->sent, 20U);
  EXPECT_EQ(held->answered, 20U);
  EXPECT_EQ(held->round_trip, 30ms);
  EXPECT_TRUE(held->survived);
}

TEST_F(HoldStory, WhatBreaksOnTheWay_DidNotSurvive) {
  play(10);
  EXPECT_EQ(now_, at(1540ms)) << "the last answers had their time";
  ASSERT_TRUE(attempt_.half().held);
  EXPECT_EQ(attempt_.half().held->answered, 10U);
  EXPECT_FALSE(attempt_.half().held->survived);
  EXPECT_EQ(attempt_.half().proof, Proof::SamePath);
}

TEST_F(HoldStory, EndsWithTheOtherSide) {
  attempt_.stop(at(200ms));
  EXPECT_TRUE(attempt_.decided());
  (void)attempt_.take_packets();
  attempt_.tick(at(500ms));
  EXPECT_TRUE(attempt_.take_packets().empty());
}

TEST_F(HoldStory, TheStepsAreTold) {
  play(20);
  std::vector<Step> steps;
  for (const Event& event : attempt_.half().events) steps.push_back(event.step);
  EXPECT_EQ(steps, (std::vector<Step>{Step::FirstCheck, Step::Answered, Step::Proven, Step::Heard, Step::PathHeld}));
}

struct JoinRow {
  Half a;
  Half b;
  Outcome outcome;
  std::string direction;
  std::string why;
};

TEST(Join, ASuccessCounts_OnlyWhenBothSidesProvedIt) {
  const Half nothing;
  const Half heard{.heard = true};
  const Half two{.heard = true, .proof = Proof::TwoPaths, .proven_after = 50ms};
  const Half one{.heard = true, .proof = Proof::SamePath, .proven_after = 80ms};
  const std::vector<JoinRow> rows = {
      {one, one, Outcome::Direct, "", ""},
      {one, two, Outcome::Asymmetric, "", ""},
      {two, two, Outcome::Asymmetric, "", ""},
      {one, heard, Outcome::Failed, "", "no answer arrived at y"},
      {nothing, two, Outcome::Failed, "", "no check arrived at x"},
      {heard, heard, Outcome::Failed, "", "checks arrived at both sides, no answer did"},
      {nothing, heard, Outcome::OneWay, "a-to-b", "no check arrived at x"},
      {heard, nothing, Outcome::OneWay, "b-to-a", "no check arrived at y"},
      {nothing, nothing, Outcome::Failed, "", "no check arrived at either side"},
  };
  for (const JoinRow& row : rows) {
    Attempt attempt;
    EXPECT_EQ(join({row.a, row.b}, {"x", "y"}, attempt), row.direction);
    EXPECT_EQ(to_string(attempt.outcome), to_string(row.outcome));
    EXPECT_EQ(attempt.why, row.why);
    EXPECT_EQ(attempt.time_to_connect.has_value(), connected(row.outcome));
  }
}

TEST(Join, TheLaterProof_IsTheTimeToConnect) {
  Attempt attempt;
  join({Half{.heard = true, .proof = Proof::SamePath, .proven_after = 50ms, .packets = 3},
        Half{.heard = true, .proof = Proof::SamePath, .proven_after = 80ms, .packets = 5}},
       {"x", "y"}, attempt);
  EXPECT_EQ(attempt.time_to_connect, 80ms);
  EXPECT_EQ(attempt.packets_a, 3U);
  EXPECT_EQ(attempt.packets_b, 5U);
}

}  // namespace punch_attempt_test
