// What the discoveries ask next, step by step, and how answers are read: decisions before bytes.

#include "probe/discovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "probe/connectivity_discovery.h"
#include "probe/expectation.h"
#include "probe/filtering_discovery.h"
#include "probe/mapping_discovery.h"
#include "probe/request.h"
#include "probe/response.h"
#include "stun/address_attributes.h"
#include "stun/message_builder.h"
#include "tests/probe/log_builder.h"

namespace discovery_test {

using namespace logs;
using probe::Outcome;
using probe::RunSoFar;
using probe::Step;

const std::vector<net::Endpoint> both{a, b};

RunSoFar at(const probe::ObservationLog& log, net::Duration elapsed) {
  return {.log = log, .elapsed = elapsed, .given = both, .timeout = 5s};
}

TEST(Catalog, NamesAreUnique) {
  for (const auto& one : probe::catalog()) {
    EXPECT_EQ(std::count_if(probe::catalog().begin(), probe::catalog().end(),
                            [&](const auto& other) { return other.name == one.name; }),
              1);
  }
}

TEST(Connectivity, AsksAllAtOnce_ThenTcp_ThenGivesUpAtTheTimeout) {
  LogBuilder builder;
  Step step = probe::next_connectivity(at(builder.log, 0ms));
  ASSERT_EQ(step.ask.size(), 2U);
  EXPECT_NE(step.ask[0].socket, step.ask[1].socket);
  EXPECT_EQ(step.look_again, 500ms);
  for (const auto& query : step.ask) builder.log.push_back({.query = query});
  EXPECT_TRUE(probe::next_connectivity(at(builder.log, 499ms)).ask.empty());
  step = probe::next_connectivity(at(builder.log, 500ms));
  ASSERT_EQ(step.ask.size(), 2U);
  EXPECT_EQ(step.ask[0].transport, probe::Transport::Tcp);
  EXPECT_EQ(step.look_again, 5s);
  for (const auto& query : step.ask) builder.log.push_back({.query = query});
  EXPECT_TRUE(probe::next_connectivity(at(builder.log, 501ms)).ask.empty()) << "once";
  EXPECT_FALSE(probe::next_connectivity(at(builder.log, 4999ms)).finished);
  EXPECT_TRUE(probe::next_connectivity(at(builder.log, 5s)).finished);
}

TEST(Connectivity, WaitsTwoSecondsMoreForTheOthers_WhereNoneNamesAPartner) {
  LogBuilder builder;
  builder.exchange("connectivity", 100, a, external).exchange("connectivity", 101, b, std::nullopt);
  builder.last().outcome = Outcome::Pending;
  const net::Duration answered = builder.log.front().answered_at;
  EXPECT_FALSE(probe::connectivity_over(at(builder.log, answered + 1999ms)));
  EXPECT_TRUE(probe::connectivity_over(at(builder.log, answered + 2s)));
  builder.last().outcome = Outcome::Refused;
  EXPECT_TRUE(probe::connectivity_over(at(builder.log, answered)));
}

struct PartnerCase {
  const char* other_address;
  bool asked;
  bool asked_when_told_to;
};

TEST(Partner, IsAskedOnlyWhereItMayBe) {
  const PartnerCase cases[] = {
      {"198.51.100.2:3479", true, true},   {"198.51.100.1:3479", false, false}, {"198.51.100.2:3478", false, false},
      {"198.51.100.2:0", false, false},    {"10.0.0.1:3479", false, true},      {"127.0.0.1:3479", false, true},
      {"100.64.0.1:3479", false, true},    {"169.254.1.1:3479", false, false},  {"224.0.0.1:3479", false, false},
      {"255.255.255.255:9", false, false}, {"0.0.0.0:3479", false, false},      {"[2001:db8::1]:3479", false, false},
      {"203.0.113.9:3479", false, false},  // our own
  };
  for (const PartnerCase& row : cases) {
    LogBuilder builder;
    builder.exchange("connectivity", 100, a, external).last().other_address = net::endpoint(row.other_address);
    RunSoFar run = at(builder.log, 30ms);
    EXPECT_EQ(probe::next_partner(run).ask.size(), row.asked ? 1U : 0U) << row.other_address;
    run.follow_other_address = true;
    EXPECT_EQ(probe::next_partner(run).ask.size(), row.asked_when_told_to ? 1U : 0U) << row.other_address;
  }
}

TEST(Partner, AStranger_GetsThreeRequests_AGivenReflectorMore) {
  LogBuilder builder;
  builder.exchange("connectivity", 100, a, external).last().other_address = b_alternate;
  EXPECT_EQ(probe::next_partner(at(builder.log, 30ms)).ask.front().most_requests, 3U);
  builder.exchange("connectivity", 101, b, std::nullopt);
  EXPECT_EQ(probe::next_partner(at(builder.log, 30ms)).ask.front().most_requests, probe::transaction_requests);
}

TEST(Mapping, AsksFourEndpointsFromTwoSockets_ThenRepeatsTheFirst) {
  LogBuilder builder;
  EXPECT_TRUE(probe::next_mapping(at(builder.log, 0ms)).ask.empty());
  builder.pair();
  Step step = probe::next_mapping(at(builder.log, 50ms));
  ASSERT_EQ(step.ask.size(), 8U);
  EXPECT_EQ(step.ask[0].to, a);
  EXPECT_EQ(step.ask[4].to, b_alternate) << "the second socket asks in reverse";
  for (const auto& query : step.ask) builder.exchange("mapping", query.socket, query.to, external);
  step = probe::next_mapping(at(builder.log, 70ms));
  ASSERT_EQ(step.ask.size(), 2U);
  for (const auto& query : step.ask) builder.exchange("mapping", query.socket, query.to, external);
  EXPECT_TRUE(probe::next_mapping(at(builder.log, 90ms)).finished);
}

TEST(Mapping, ThatChanged_IsAskedAgainFromFreshSockets) {
  LogBuilder builder;
  builder.pair();
  for (unsigned round = 0; round < 3; ++round) {
    Step step = probe::next_mapping(at(builder.log, 50ms));
    ASSERT_EQ(step.ask.size(), 8U) << round;
    for (const auto& query : step.ask) {
      for (const auto& seen : builder.log) EXPECT_NE(seen.query.socket, query.socket);
    }
    for (const auto& query : step.ask) builder.exchange("mapping", query.socket, query.to, external);
    step = probe::next_mapping(at(builder.log, 70ms));
    ASSERT_EQ(step.ask.size(), 2U);
    for (const auto& query : step.ask) {
      builder.exchange("mapping", query.socket, query.to, net::with_port(external, 1));
    }
  }
  EXPECT_TRUE(probe::next_mapping(at(builder.log, 90ms)).finished) << "twice, not for ever";
}

// One socket was shown another port by one reflector: what that says of the NAT, fresh sockets tell.
TEST(Mapping, ThatFollowsNoRule_IsAskedAgainFromFreshSockets) {
  LogBuilder builder;
  builder.pair();
  const auto play = [&](unsigned by) {
    for (const net::Duration when : {50ms, 70ms}) {
      for (const auto& query : probe::next_mapping(at(builder.log, when)).ask) {
        const bool odd = query.socket % 2 == 1 && query.to == b_alternate;
        builder.exchange("mapping", query.socket, query.to,
                         net::with_port(external, static_cast<std::uint16_t>(query.socket + (odd ? by : 0U))));
      }
    }
  };
  play(7);
  EXPECT_THAT(probe::classify(builder.log).mapping.why, testing::HasSubstr("ports follow no one rule"));
  EXPECT_FALSE(probe::next_mapping(at(builder.log, 90ms)).finished);
  play(0);
  EXPECT_EQ(probe::classify(builder.log).mapping.value, net::MappingBehavior::EndpointIndependent);
  EXPECT_TRUE(probe::next_mapping(at(builder.log, 90ms)).finished);
}

TEST(Mapping, AsksAPartnerThatIsNotIntroduced_Nothing) {
  LogBuilder builder;
  builder.exchange("connectivity", 100, a, external).last().other_address = b_alternate;
  builder.exchange("partner", probe::sockets::partner, b_alternate, std::nullopt).last().outcome = Outcome::Pending;
  const Step step = probe::next_mapping(at(builder.log, 50ms));
  ASSERT_EQ(step.ask.size(), 4U);
  for (const auto& query : step.ask) EXPECT_EQ(query.to.address, a.address);
}

TEST(Filtering, AsksBothQuestions_EachWithAControl_AtItsPace) {
  LogBuilder builder;
  builder.pair();
  builder.log.front().return_token = stun::ReturnToken{};
  const Step step = probe::next_filtering(at(builder.log, 50ms));
  ASSERT_EQ(step.ask.size(), 4U);
  EXPECT_EQ(step.look_again, 65ms);
  EXPECT_EQ(step.ask[0].expected_from, b_alternate);
  EXPECT_EQ(step.ask[2].expected_from, a_alternate);
  for (const auto& query : step.ask) {
    EXPECT_EQ(query.to, a);
    EXPECT_EQ(query.most_requests, 1U);
    builder.log.push_back({.query = query, .sent_at = 50ms, .requests = 1});
  }
  EXPECT_TRUE(probe::next_filtering(at(builder.log, 64ms)).ask.empty());
  EXPECT_EQ(probe::next_filtering(at(builder.log, 65ms)).ask.size(), 4U);
}

TEST(Filtering, AStrangerHeardTwice_EndsIt) {
  LogBuilder builder;
  builder.pair().heard(probe::from_stranger());
  const Step second = probe::next_filtering(at(builder.log, 90ms));
  ASSERT_FALSE(second.ask.empty());
  EXPECT_EQ(second.ask.front().socket, probe::again(probe::from_stranger()).socket) << "the same from another socket";
  builder.heard(probe::again(probe::from_stranger()));
  EXPECT_TRUE(probe::next_filtering(at(builder.log, 90ms)).finished);
}

TEST(Filtering, TooFewConfirmed_AsksForMore) {
  LogBuilder builder;
  builder.pair().let_in(probe::from_other_port()).silent_asks(probe::from_stranger(), 20, 20);
  builder.log.front().return_token = stun::ReturnToken{};
  const Step count = probe::next_filtering(at(builder.log, 1s));
  ASSERT_EQ(count.ask.size(), 1U);
  EXPECT_EQ(count.ask.front().to, b_alternate);
  EXPECT_FALSE(count.ask.front().change) << "a question about a label, not a labelled request";
  builder.confirmation(probe::from_stranger(), 3);
  EXPECT_EQ(probe::next_filtering(at(builder.log, 1s)).ask.size(), 2U) << "one more request and its control";
  builder.last().sent_count->sent = 6;
  const Step wait = probe::next_filtering(at(builder.log, builder.last().answered_at));
  EXPECT_EQ(wait.look_again, builder.last().answered_at + 50ms);
  EXPECT_TRUE(probe::next_filtering(at(builder.log, *wait.look_again)).finished);
}

TEST(Request, IsPaddedToOneSize_WhateverItCarries) {
  const auto id = stun::TransactionId{.bytes = {0x21, 0x12, 0xA4, 0x42}};
  probe::Query query{.to = a, .change = stun::ChangeRequest{true, true}, .question = 7};
  for (const auto& token : {std::optional<stun::ReturnToken>(), std::optional(stun::ReturnToken{})}) {
    EXPECT_EQ(probe::write_request(query, id, 1, token).size(), 128U);
  }
  query.to = net::endpoint("[2001:db8::1]:3478");
  const net::Bytes request = probe::write_request(query, id, 1, std::nullopt);
  EXPECT_EQ(request.size(), 176U);
  const auto message = stun::Message::decode(request);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->has(stun::AttributeType::Padding));
  EXPECT_EQ(message->get<stun::SentQuery>()->question, 7U);
}

TEST(Response, FromThePromisedSourceAfterARefusal_StillCounts) {
  const probe::Query query{.to = a, .change = stun::ChangeRequest{true, true}, .expected_from = b_alternate};
  const auto id = stun::TransactionId{.bytes = {0x21, 0x12, 0xA4, 0x42}};
  net::Bytes bytes;
  stun::MessageBuilder(bytes, stun::MessageClass::Success, stun::Method::Binding, id)
      .add(stun::XorMappedAddress{external});
  const auto message = *stun::Message::decode(bytes);
  probe::Observation seen{.query = query};
  EXPECT_TRUE(probe::take_response(seen, message, a, 5ms));
  EXPECT_EQ(seen.outcome, Outcome::WrongSource);
  EXPECT_FALSE(probe::take_response(seen, message, b, 6ms)) << "neither asked nor promised";
  EXPECT_EQ(seen.ignored, 1U);
  EXPECT_TRUE(probe::take_response(seen, message, b_alternate, 7ms));
  EXPECT_EQ(seen.outcome, Outcome::Answered);
  EXPECT_FALSE(probe::take_response(seen, message, b_alternate, 8ms));
  EXPECT_EQ(seen.duplicates, 1U);
}

TEST(Response, AfterTheEnd_IsCountedLate) {
  net::Bytes bytes;
  stun::MessageBuilder(bytes, stun::MessageClass::Success, stun::Method::Binding, {{0x21, 0x12, 0xA4, 0x42}})
      .add(stun::XorMappedAddress{external});
  probe::Observation seen{.query = {.to = a, .expected_from = a}, .outcome = Outcome::Silence};
  EXPECT_FALSE(probe::take_response(seen, *stun::Message::decode(bytes), a, 9s));
  EXPECT_EQ(seen.outcome, Outcome::Silence);
  EXPECT_EQ(seen.late, 1U);
}

TEST(Expectation, IsParsedAndCompared) {
  for (const char* wrong :
       {"", "class", "class=", "class=round", "color=red", "mapping=cone", "filtering=none", "class=unknown"}) {
    EXPECT_FALSE(probe::parse_expectation(wrong)) << wrong;
  }
  probe::Verdict verdict{.nat_class = net::NatClass::Symmetric};
  verdict.filtering.value = net::FilteringBehavior::AddressDependent;
  const auto all = {"class=symmetric", "filtering=address-dependent"};
  for (const char* text : all) EXPECT_TRUE(probe::unmet(verdict, {*probe::parse_expectation(text)}).empty()) << text;
  EXPECT_EQ(probe::unmet(verdict, {*probe::parse_expectation("class=cone")}).front(),
            "expected class=cone, found symmetric");
  EXPECT_EQ(probe::unmet(verdict, {*probe::parse_expectation("mapping=none")}).front(),
            "expected mapping=none, found unknown")
      << "unknown meets nothing";
}

TEST(ExitCode, SaysHowMuchIsKnown) {
  LogBuilder builder;
  probe::Verdict verdict;
  EXPECT_EQ(probe::exit_code(verdict, builder.log, {"mapping", "filtering"}), 3);
  builder.pair();
  EXPECT_EQ(probe::exit_code(verdict, builder.log, {"mapping", "filtering"}), 4);
  verdict.mapping.value = net::MappingBehavior::None;
  EXPECT_EQ(probe::exit_code(verdict, builder.log, {"mapping", "filtering"}), 4);
  EXPECT_EQ(probe::exit_code(verdict, builder.log, {"mapping"}), 0);
}

}  // namespace discovery_test
