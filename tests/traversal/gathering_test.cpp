#include "traversal/gathering.h"

#include <gtest/gtest.h>

#include "stun/address_attributes.h"
#include "stun/message_builder.h"

namespace gathering_test {

using namespace traversal;
using namespace std::chrono_literals;

const auto rendezvous = net::address("192.0.2.1");
const auto beside = net::endpoint("192.0.2.1:3478");  // a reflector on the rendezvous's machine
const auto elsewhere = net::endpoint("192.0.2.2:3478");
const auto mapped = net::endpoint("203.0.113.7:4000");
constexpr net::TimePoint begin{10s};

net::Bytes answer_to(const Gathering::Question& question,
                     stun::MessageClass message_class = stun::MessageClass::Success) {
  net::Bytes out;
  const auto asked = stun::Message::decode(question.payload).value();
  stun::MessageBuilder(out, message_class, stun::Method::Binding, asked.id()).add(stun::XorMappedAddress{mapped});
  return out;
}

TEST(Gathering, AsksEachReflectorOnce_ThatOfTheRendezvousLast) {
  net::Random random(1);
  Gathering gathering({beside, elsewhere, net::endpoint("192.0.2.3:3478")}, rendezvous);
  const auto questions = gathering.ask(begin, random);
  ASSERT_EQ(questions.size(), most_reflectors);
  EXPECT_EQ(questions[0].to, elsewhere);
  EXPECT_EQ(questions[1].to, beside);
  EXPECT_EQ(stun::Message::decode(questions[0].payload).value().message_class(), stun::MessageClass::Request);
}

TEST(Gathering, AReflectorSawTheSocket_HalfWay) {
  net::Random random(1);
  Gathering gathering({beside, elsewhere}, rendezvous);
  const auto questions = gathering.ask(begin + 2ms, random);
  gathering.handle(begin + 42ms, elsewhere, answer_to(questions[0]));
  gathering.handle(begin + 82ms, beside, answer_to(questions[1]));
  gathering.handle(begin + 99ms, beside, answer_to(questions[1]));
  const auto seen = gathering.seen(begin);
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].reflector, 2U) << "by its place in what was given";
  EXPECT_EQ(seen[0].at, 22ms);
  EXPECT_EQ(seen[0].where, mapped);
  EXPECT_EQ(seen[1].reflector, 1U);
  EXPECT_EQ(seen[1].at, 42ms);
}

TEST(Gathering, NothingElse_IsAnAnswer) {
  net::Random random(1);
  Gathering gathering({elsewhere}, rendezvous);
  const auto question = gathering.ask(begin, random).at(0);
  gathering.handle(begin, beside, answer_to(question));
  gathering.handle(begin, elsewhere, answer_to(question, stun::MessageClass::Error));
  gathering.handle(begin, elsewhere, answer_to(question, stun::MessageClass::Request));
  gathering.handle(begin, elsewhere, question.payload);
  gathering.handle(begin, elsewhere, {});
  auto other = question;
  other.payload.back() ^= 1;  // of the transaction id
  gathering.handle(begin, elsewhere, answer_to(other));
  EXPECT_TRUE(gathering.seen(begin).empty());
}

TEST(Gathering, OfTheOtherFamily_NobodyIsAsked) {
  net::Random random(1);
  EXPECT_TRUE(Gathering({net::endpoint("[2001:db8::1]:3478")}, rendezvous).ask(begin, random).empty());
}

}  // namespace gathering_test
