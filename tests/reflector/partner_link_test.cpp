#include "reflector/partner_link.h"

#include <gtest/gtest.h>

#include "net/random.h"
#include "tests/reflector/link_wire.h"

namespace reflector {
namespace partner_link_test {

using namespace link_wire;
using std::chrono::milliseconds;
using std::chrono::seconds;

// ---- stories -------------------------------------------------------------------------------------------------------

TEST(PartnerLink, ComesUpWithinASecond_WhicheverStartsFirst) {
  for (const net::Duration head_start : {milliseconds(0), milliseconds(130), milliseconds(7'777)}) {
    Wire wire;
    wire.start_a();
    wire.run(head_start);
    EXPECT_FALSE(wire.a->up(wire.now));
    wire.start_b();
    EXPECT_LE(wire.until(true), milliseconds(450));
  }
}

TEST(PartnerLink, IsLostTwoSecondsAfterTheCut_AndBackSoonAfterTheRepair) {
  for (const net::Duration outage : {seconds(3), seconds(6), seconds(600)}) {
    for (const auto phase : {milliseconds(0), milliseconds(300), milliseconds(899)}) {
      Wire wire = linked();
      wire.run(phase);
      wire.a_to_b = wire.b_to_a = false;
      EXPECT_LE(wire.until(false), seconds(2) + milliseconds(20));
      wire.run(outage);
      wire.a_to_b = wire.b_to_a = true;
      EXPECT_LE(wire.until(true), seconds(2));
    }
  }
}

TEST(PartnerLink, OneDirectionCut_IsLostAtBothEndsWithinThreeSeconds) {
  for (const bool a_to_b : {false, true}) {
    Wire wire = linked();
    (a_to_b ? wire.a_to_b : wire.b_to_a) = false;
    EXPECT_LE(wire.until(false), seconds(3) + milliseconds(20));
    wire.run(seconds(20));
    EXPECT_FALSE(wire.a->up(wire.now) || wire.b->up(wire.now));
    (a_to_b ? wire.a_to_b : wire.b_to_a) = true;
    EXPECT_LE(wire.until(true), seconds(2));
  }
}

TEST(PartnerLink, ARestartedPartner_IsLinkedAgainWithinThreeSeconds) {
  for (const auto away : {milliseconds(1), milliseconds(1000), milliseconds(10'000)}) {
    Wire wire = linked();
    wire.b.reset();
    wire.run(away);
    wire.start_b(config_b(201));
    EXPECT_LE(wire.until(true), seconds(3));
    wire.relay_from_a();
    wire.run(milliseconds(20));
    EXPECT_EQ(wire.orders_at_b.size(), 1U);
  }
}

TEST(PartnerLink, EveryThirdHeartbeatLost_IsBorne) {
  Wire wire = linked();
  int sent = 0;
  wire.lost = [&sent] { return sent++ % 6 < 2; };  // the two hosts greet in turn
  for (int ms = 0; ms < 60'000; ++ms) {
    wire.run(milliseconds(1));
    ASSERT_TRUE(wire.a->up(wire.now) && wire.b->up(wire.now)) << ms;
  }
}

TEST(PartnerLink, HeartbeatsAreFew) {
  Wire wire = linked();
  const std::size_t before = wire.hellos;
  wire.run(seconds(90));
  EXPECT_EQ(wire.hellos - before, 200U);
}

TEST(PartnerLink, TellsTheTokenEpoch_WhileItIsUp) {
  Wire wire = linked();
  const auto issuer = wire.a->partner_issuer(wire.now);
  ASSERT_TRUE(issuer);
  EXPECT_EQ(issuer->session, 200U);
  EXPECT_EQ(issuer->epoch, TokenKeeper::epoch(wire.now));
  wire.b.reset();
  wire.run(seconds(3));
  EXPECT_FALSE(wire.a->partner_issuer(wire.now));
}

TEST(PartnerLink, OrdersArriveOnce_ManyAtATime) {
  Wire wire = linked();
  for (int i = 0; i < 2000; ++i) {
    wire.relay_from_a();
    if (i % 10 == 0) wire.run(milliseconds(5));
  }
  wire.run(milliseconds(20));
  EXPECT_EQ(wire.orders_at_b.size(), 2000U);
  EXPECT_TRUE(wire.a->up(wire.now) && wire.b->up(wire.now));
}

// Cuts of either direction and restarts of either side, at moments and for times of chance: the link never says to be
// up three seconds after it was cut, is back soon after the last trouble, and no order is obeyed twice.
TEST(PartnerLink, HealsItself_WhateverHappensWhen) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    net::Random random(seed);
    Wire wire = linked();
    wire.step_size = milliseconds(10);
    std::uint64_t session = 1000;
    std::size_t orders = 0;
    for (int trouble = 0; trouble < 8; ++trouble) {
      switch (random.below(4)) {
        case 0: wire.a_to_b = !wire.a_to_b; break;
        case 1: wire.b_to_a = !wire.b_to_a; break;
        case 2: wire.start_a(config_a(++session)); break;
        default: wire.start_b(config_b(++session)); break;
      }
      if (wire.a->up(wire.now)) {
        wire.relay_from_a();
        ++orders;
      }
      wire.run(milliseconds(random.below(5000)));
    }
    const bool cut = !wire.a_to_b || !wire.b_to_a;
    wire.run(seconds(3) + milliseconds(20));
    ASSERT_FALSE(cut && wire.a->up(wire.now) && wire.b->up(wire.now)) << seed;
    wire.a_to_b = wire.b_to_a = true;
    ASSERT_LE(wire.until(true), seconds(3)) << seed;
    ASSERT_LE(wire.orders_at_b.size(), orders) << seed;
  }
}

// ---- hosts that do not fit -----------------------------------------------------------------------------------------

TEST(PartnerLink, DifferentStunPortsOrAddresses_AreRefusedAndSaid) {
  LinkConfig other_port = config_b();
  other_port.alternate_port = 3480;
  LinkConfig other_address = config_b();
  other_address.partner = net::address("192.0.2.0");  // what it believes A to be seen as
  LinkConfig same_role = config_b();
  same_role.partner = net::address("192.0.2.3");  // both hosts now believe to be the lower one
  for (const LinkConfig& config : {other_port, other_address, same_role}) {
    Wire wire;
    wire.start_a();
    wire.start_b(config);
    wire.run(seconds(5));
    EXPECT_FALSE(wire.a->up(wire.now) || wire.b->up(wire.now));
    EXPECT_NE(wire.a->problem().find("192.0.2.2"), std::string::npos);
    EXPECT_NE(wire.b->problem().find("refused"), std::string::npos);
    EXPECT_GT(wire.a->faults()[static_cast<std::size_t>(LinkFault::Mismatch)], 0U);
  }
  Wire wire;  // a host that is set right after a restart clears it
  wire.start_a();
  wire.start_b(other_port);
  wire.run(seconds(3));
  wire.start_b(config_b(202));
  EXPECT_LE(wire.until(true), seconds(1));
  EXPECT_TRUE(wire.a->problem().empty());
}

TEST(PartnerLink, AnotherKey_NeverLinks) {
  LinkConfig other_key = config_b();
  other_key.keys = {LinkKey::derived_from(net::as_bytes("fedcba9876543210fedcba9876543210"))};
  Wire wire;
  wire.start_a();
  wire.start_b(other_key);
  wire.run(seconds(10));
  EXPECT_FALSE(wire.a->up(wire.now) || wire.b->up(wire.now));
  EXPECT_GT(wire.a->faults()[static_cast<std::size_t>(LinkFault::UnknownKey)], 0U);
}

// ---- replay, reflection, age ---------------------------------------------------------------------------------------

TEST(PartnerLink, AReplay_IsNotObeyed) {  // K03, K10
  Wire wire = linked();
  wire.relay_from_a();
  wire.run(milliseconds(20));
  ASSERT_EQ(wire.orders_at_b.size(), 1U);
  const auto recorded = wire.recorded_from_a;
  const std::uint64_t before = faults(*wire.b);
  for (const net::Bytes& bytes : recorded) EXPECT_FALSE(wire.give_b(bytes));
  EXPECT_EQ(faults(*wire.b) - before, recorded.size());  // one counter each
}

TEST(PartnerLink, AReplayAfterARestartOfEitherSide_IsNotObeyed) {  // K16
  for (const bool restart_a : {false, true}) {
    Wire wire = linked();
    for (int i = 0; i < 100; ++i) wire.relay_from_a();
    wire.run(milliseconds(20));
    const auto recorded = wire.recorded_from_a;
    if (restart_a) {
      wire.start_a(config_a(101));
    } else {
      wire.start_b(config_b(201));
    }
    for (int i = 0; i < 40; ++i) {  // at once, while the link comes up, and after
      for (const net::Bytes& bytes : recorded) EXPECT_FALSE(wire.give_b(bytes));
      wire.run(milliseconds(100));
    }
    EXPECT_EQ(wire.orders_at_b.size(), 100U);
    EXPECT_TRUE(wire.a->up(wire.now) && wire.b->up(wire.now));
  }
}

// The session that is over may have heard us just before its end: what it said then must not count again.
TEST(PartnerLink, TheSessionBeforeARestart_CannotReturn) {
  Wire wire = linked();
  for (int i = 0; i < 10; ++i) wire.relay_from_a();  // under way, but held back by the attacker
  const std::vector<net::Bytes> held(wire.recorded_from_a.end() - 10, wire.recorded_from_a.end());
  const net::Bytes last_hello = *wire.a->take_hello(wire.now + heartbeat_interval);
  wire.start_a(config_a(101));
  ASSERT_LE(wire.until(true), seconds(3));
  wire.run(milliseconds(500));
  const std::size_t obeyed = wire.orders_at_b.size();
  EXPECT_FALSE(wire.give_b(last_hello));
  for (const net::Bytes& bytes : held) EXPECT_FALSE(wire.give_b(bytes));
  EXPECT_EQ(wire.orders_at_b.size(), obeyed);
  wire.relay_from_a();
  wire.run(milliseconds(20));
  EXPECT_EQ(wire.orders_at_b.size(), obeyed + 1);
}

TEST(PartnerLink, AnOrderOlderThanFiveSeconds_IsNotObeyed) {  // K05
  Wire wire = linked();
  const net::Bytes fresh = wire.a->relay(order());
  const net::Bytes late = wire.a->relay(order());
  EXPECT_TRUE(wire.give_b(fresh));
  wire.run(seconds(6));
  EXPECT_FALSE(wire.give_b(late));
}

TEST(PartnerLink, AnEchoFromTheFuture_IsNotFresh) {  // K05
  Wire wire = linked();
  LinkMessage message{{LinkRole::First, {100, 5000}, {200, 1'000'000}}, order()};
  EXPECT_FALSE(wire.give_b(encode(message, config_a().keys.front())));
}

TEST(PartnerLink, OwnMessagesSentBack_AreRefused) {  // K06
  Wire wire = linked();
  for (const net::Bytes& bytes : wire.recorded_from_b) EXPECT_FALSE(wire.give_b(bytes));
  EXPECT_EQ(wire.b->faults()[static_cast<std::size_t>(LinkFault::WrongRole)], wire.recorded_from_b.size());
  EXPECT_FALSE(wire.give_b(wire.b->relay(order())));
}

TEST(PartnerLink, ReorderedOrders_AreObeyedInsideTheWindowOnly) {  // K04
  Wire wire = linked();
  std::vector<net::Bytes> orders;
  for (int i = 0; i < 1100; ++i) orders.push_back(wire.a->relay(order()));
  EXPECT_TRUE(wire.give_b(orders[1099]));
  EXPECT_TRUE(wire.give_b(orders[1099 - 1023]));
  EXPECT_FALSE(wire.give_b(orders[1099 - 1024]));
}

TEST(PartnerLink, AnUnlinkedHost_AnswersNothing_AndObeysNothing) {
  Wire wire = linked();
  wire.relay_from_a();
  const auto recorded = wire.recorded_from_a;
  PartnerLink newcomer(config_b(300), wire.now);
  (void)newcomer.take_hello(wire.now);
  for (const net::Bytes& bytes : recorded) {
    EXPECT_FALSE(newcomer.receive(bytes, wire.now));
    EXPECT_FALSE(newcomer.take_hello(wire.now));  // its greeting keeps its own time
  }
}

}  // namespace partner_link_test
}  // namespace reflector
