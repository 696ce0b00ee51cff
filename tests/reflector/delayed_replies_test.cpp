// Answers that wait: what may wait, how long, how many of whom.
#include "reflector/delayed_replies.h"

#include <gtest/gtest.h>

#include "lab/simulator.h"
#include "reflector/reflector_agent.h"
#include "tests/reflector/client.h"
#include "tests/reflector/desk.h"

namespace reflector {
namespace delayed_replies_test {

using std::chrono::milliseconds;
using std::chrono::seconds;
using stun::AttributeType;
using stun::ChangeRequest;

DelayedReply delayed(const char* client, std::uint8_t number) {
  DelayedReply out;
  out.reply.client = net::endpoint(client);
  out.reply.id.bytes[15] = number;
  return out;
}

net::TimePoint at(int second) { return net::TimePoint(seconds(second)); }

// ---- the table -----------------------------------------------------------------------------------------------------

TEST(DelayedReplies, AreTakenWhenDue_TheEarliestFirst_AndForgotten) {
  DelayedReplies table(8, 8);
  table.add(delayed("198.51.100.9:40000", 1), at(30));
  table.add(delayed("198.51.100.9:40000", 2), at(10));
  EXPECT_EQ(table.next_due(), at(10));
  EXPECT_FALSE(table.take_due(at(9)));
  EXPECT_EQ(table.take_due(at(30))->reply.id.bytes[15], 2);
  EXPECT_EQ(table.take_due(at(30))->reply.id.bytes[15], 1);
  EXPECT_FALSE(table.take_due(at(99)));
  EXPECT_FALSE(table.next_due());
  EXPECT_FALSE(table.holds(net::endpoint("198.51.100.9:40000"), {}));
}

TEST(DelayedReplies, HoldOneEntryARequest_OfEachClientEndpoint) {
  DelayedReplies table(8, 8);
  const DelayedReply one = delayed("198.51.100.9:40000", 1);
  table.add(one, at(30));
  EXPECT_TRUE(table.holds(one.reply.client, one.reply.id));
  EXPECT_FALSE(table.holds(net::endpoint("198.51.100.9:40001"), one.reply.id));
  EXPECT_FALSE(table.holds(one.reply.client, delayed("198.51.100.9:40000", 2).reply.id));
}

TEST(DelayedReplies, HaveNoMoreEntriesThanThereAre_NorThanASourceMayHave) {
  DelayedReplies table(4, 2);
  const auto fill = [&](const char* client, std::uint8_t number) { table.add(delayed(client, number), at(30)); };
  fill("198.51.100.9:40000", 1);
  fill("198.51.100.9:40001", 2);
  EXPECT_FALSE(table.has_room_for(net::address("198.51.100.9")));
  EXPECT_TRUE(table.has_room_for(net::address("198.51.100.10")));
  fill("[2001:db8:0:1::1]:40000", 3);
  fill("[2001:db8:0:1::2]:40000", 4);  // of the same /64
  EXPECT_EQ(table.size(), 4U);
  EXPECT_FALSE(table.has_room_for(net::address("198.51.100.10")));
  EXPECT_TRUE(table.take_due(at(30)));
  EXPECT_TRUE(table.has_room_for(net::address("198.51.100.10")));
  EXPECT_FALSE(table.has_room_for(net::address("2001:db8:0:1::3")));
}

// ---- what may wait -------------------------------------------------------------------------------------------------

struct Case {
  const char* what;
  std::uint32_t seconds;
  bool proven = true;
  Transport transport = Transport::Udp;
  Allowance allowance = Allowance::Full;
  Disposition expected;
};

TEST(RespondToDelay, SaysAtOnceWhatCannotWait) {
  for (const Mode mode : {Mode::Compatible, Mode::Strict}) {
    for (const Case& row : {
             Case{.what = "no delay", .seconds = 0, .expected = Disposition::Success},
             Case{.what = "the least", .seconds = 1, .expected = Disposition::Postponed},
             Case{.what = "the most", .seconds = 900, .expected = Disposition::Postponed},
             Case{.what = "too long", .seconds = 901, .expected = Disposition::BadRequest},
             Case{.what = "no token", .seconds = 5, .proven = false, .expected = Disposition::TokenNeeded},
             Case{.what = "TCP", .seconds = 5, .transport = Transport::Tcp, .expected = Disposition::BadRequest},
             Case{.what = "over the limit",
             .seconds = 5,
             .allowance = Allowance::Small,
             .expected = Disposition::QuotaReached},
         }) {
      Desk desk(Arrangement::Pair, mode);
      desk.arrived.proven = row.proven;
      desk.arrived.transport = row.transport;
      desk.arrived.allowance = row.allowance;
      const Exchange exchange = desk.ask_with(128, stun::Delay{row.seconds});
      EXPECT_EQ(exchange.response.disposition, row.expected) << row.what;
      EXPECT_EQ(exchange.silent(), row.expected == Disposition::Postponed) << row.what;
      EXPECT_EQ(exchange.response.postponed.has_value(), row.expected == Disposition::Postponed) << row.what;
    }
  }
}

TEST(RespondToDelay, WaitsForTheAlternatePort_NotForThePartner) {
  Desk desk;
  desk.arrived.proven = true;
  const auto other_port = desk.ask_with(128, stun::Delay{5}, ChangeRequest{false, true});
  EXPECT_EQ(other_port.response.disposition, Disposition::Postponed);
  EXPECT_EQ(other_port.response.postponed->due, desk.arrived.at + seconds(5));
  EXPECT_EQ(desk.ask_with(128, stun::Delay{5}, ChangeRequest{true, false}).error(), 400);
}

TEST(RespondToDelay, RefusesWhenTheTableIsFull_ButNotACopyOfWhatWaits) {
  Desk desk;
  desk.arrived.proven = true;
  desk.delayed = DelayedReplies(2, 1);
  const auto first = desk.ask_with(128, stun::Delay{5});
  desk.delayed.add(first.response.postponed->reply, first.response.postponed->due);
  const auto copy = desk.ask_with(128, stun::Delay{5});  // the same transaction id
  EXPECT_EQ(copy.response.disposition, Disposition::Postponed);
  EXPECT_FALSE(copy.response.postponed);
  desk.arrived.from.port = 40001;
  EXPECT_EQ(desk.ask_with(128, stun::Delay{5}).error(), 486);
}

// ---- on the wire ---------------------------------------------------------------------------------------------------

// A reflector without a partner, and a client 10 ms from it that has a token.
class Story {
 public:
  explicit Story(std::size_t entries_of_a_source = 2'048)
      : network_(net::Random(1)), simulator(network_, net::Random(2)), agent_(config(entries_of_a_source), {1}) {
    host_ = network_.add_host({net::address("192.0.2.1")}, lab::core, lab::both_ways({.delay = milliseconds(10)}));
    client_host_ = network_.add_host({net::address("198.51.100.9")});
    simulator.add_agent(host_, agent_);
    simulator.run_for(seconds(1));
    Client first({net::address("198.51.100.9"), 39999}, {{milliseconds(1), reflector, request(1, 120)}});
    simulator.add_agent(client_host_, first);
    simulator.run_for(seconds(1));
    token = *first.answers.at(0).message().get<stun::ReturnToken>();
  }

  std::vector<Client::Answer> ask(std::vector<Client::Question> questions, net::Duration watched) {
    Client client({net::address("198.51.100.9"), 40000}, std::move(questions));
    began = simulator.now();
    simulator.add_agent(client_host_, client);
    simulator.run_for(watched);
    return client.answers;
  }

  [[nodiscard]] std::vector<std::string> summary() const { return agent_.summary(); }
  const net::Endpoint reflector = net::endpoint("192.0.2.1:3478");
  stun::ReturnToken token;
  net::TimePoint began;

 private:
  static ReflectorConfig config(std::size_t entries_of_a_source) {
    auto out = plain_config(net::endpoint("192.0.2.1:3478"));
    out.delayed_entries_of_a_source = entries_of_a_source;
    return out;
  }

  lab::Network network_;

 public:
  lab::Simulator simulator;

 private:
  ReflectorAgent agent_;
  lab::HostId host_, client_host_;
};

TEST(DelayOnTheWire, TheAnswerComesThatMuchLater_OnceForAllCopies_WithTheArrivalOfTheFirst) {
  Story story;
  const auto ask = request(7, 128, story.token, stun::Delay{100});
  const auto answers =
      story.ask({{milliseconds(100), story.reflector, ask}, {milliseconds(400), story.reflector, ask}}, seconds(200));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].at, story.began + milliseconds(120) + seconds(100));
  EXPECT_EQ(answers[0].from, story.reflector);
  EXPECT_LE(answers[0].bytes.size(), ask.size());
  const auto message = answers[0].message();
  EXPECT_EQ(message.get<stun::XorMappedAddress>()->endpoint, net::endpoint("198.51.100.9:40000"));
  const auto arrived = story.began + milliseconds(110);
  EXPECT_EQ(net::TimePoint(std::chrono::microseconds(message.get<stun::Arrival>()->microseconds)), arrived);
  EXPECT_NE(*message.get<stun::ReturnToken>(), story.token) << "a fresh one";
}

TEST(DelayOnTheWire, ACopyAfterTheAnswer_IsARequestOfItsOwn) {
  Story story;
  const auto ask = request(7, 128, story.token, stun::Delay{2});
  EXPECT_EQ(story.ask({{milliseconds(0), story.reflector, ask}, {seconds(3), story.reflector, ask}}, seconds(9)).size(),
            2U);
}

TEST(DelayOnTheWire, WhatCannotWaitIsRefusedAtOnce) {
  Story story(2);
  std::vector<Client::Question> questions = {
      {milliseconds(1), story.reflector, request(1, 128, stun::Delay{20})},
      {milliseconds(2), story.reflector, request(2, 128, story.token, stun::Delay{901})},
      {milliseconds(3), story.reflector, request(3, 128, story.token, stun::Delay{20})},
      {milliseconds(4), story.reflector, request(4, 128, story.token, stun::Delay{20})},
      {milliseconds(5), story.reflector, request(5, 128, story.token, stun::Delay{20})},
  };
  const auto answers = story.ask(questions, seconds(10));
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0].message().get<stun::ErrorCode>()->code, 438);
  EXPECT_EQ(answers[1].message().get<stun::ErrorCode>()->code, 400);
  EXPECT_EQ(answers[2].message().get<stun::ErrorCode>()->code, 486);
  for (const auto& answer : answers) EXPECT_LE(answer.bytes.size(), 128U);
}

// Whoever lines answers up for one moment has no more of them than the limit of one destination.
TEST(DelayOnTheWire, AnswersThatAreDueTogether_KeepTheLimitOfTheirDestination) {
  Story story;
  std::vector<Client::Question> questions;
  for (std::uint32_t i = 0; i < 1000; ++i) {  // 100 a second, all due at 30 s
    auto ask = request(static_cast<std::uint8_t>(i), 128, story.token, stun::Delay{30 - i / 100});
    ask[18] = static_cast<std::uint8_t>(i >> 8U);
    questions.push_back({milliseconds(10) * (i % 100) / 100 + seconds(i / 100), story.reflector, ask});
  }
  const auto answers = story.ask(questions, seconds(60));
  EXPECT_LE(answers.size(), 400U);
  EXPECT_GE(answers.size(), 300U);
  const auto lines = story.summary();
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("delayed replies refused") != std::string::npos;
  }));
}

}  // namespace delayed_replies_test
}  // namespace reflector
