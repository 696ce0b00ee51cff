#include "reflector/partner_link.h"

#include <gtest/gtest.h>

#include <deque>
#include <functional>

namespace reflector {
namespace partner_link_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds one_way{10};

LinkConfig config_of(const char* own, const char* partner, std::uint64_t session) {
  return {.own = net::address(own),
          .partner = net::address(partner),
          .primary_port = 3478,
          .alternate_port = 3479,
          .keys = {LinkKey::derived_from(net::as_bytes("0123456789abcdef0123456789abcdef"))},
          .session = session};
}
LinkConfig config_a(std::uint64_t session = 100) { return config_of("192.0.2.1", "192.0.2.2", session); }
LinkConfig config_b(std::uint64_t session = 200) { return config_of("192.0.2.2", "192.0.2.1", session); }

Reply order() {
  Reply reply{.client = net::endpoint("198.51.100.9:40000"), .reply_port = 40000};
  reply.arrival = {.partner_address = true, .alternate_port = false};
  return reply;
}

// Two hosts, a wire of 10 ms each way, and virtual time in steps of a millisecond.
class Wire {
 public:
  net::TimePoint now{std::chrono::hours(5)};
  std::optional<PartnerLink> a, b;
  bool a_to_b = true, b_to_a = true;
  std::vector<net::Bytes> recorded_from_a, recorded_from_b;
  std::vector<Reply> orders_at_a, orders_at_b;
  std::size_t hellos = 0;
  std::function<bool()> lost = [] { return false; };

  void start_a(LinkConfig config = config_a()) { a.emplace(std::move(config), now); }
  void start_b(LinkConfig config = config_b()) { b.emplace(std::move(config), now); }

  void run(net::Duration duration) {
    for (const net::TimePoint end = now + duration; now < end; now += milliseconds(1)) step();
  }
  // How long until both ends are as asked, at most `limit`.
  net::Duration until(bool up, net::Duration limit = seconds(30)) {
    const net::TimePoint start = now;
    while (now < start + limit && !(a->up(now) == up && b->up(now) == up)) {
      step();
      now += milliseconds(1);
    }
    return now - start;
  }
  void relay_from_a() { send(a->relay(order()), recorded_from_a, to_b_, a_to_b); }
  std::optional<Reply> give_b(net::BytesView datagram) { return b->receive(datagram, now); }
  std::optional<Reply> give_a(net::BytesView datagram) { return a->receive(datagram, now); }

 private:
  struct Flying {
    net::TimePoint at;
    net::Bytes bytes;
  };
  std::deque<Flying> to_a_, to_b_;

  void send(net::Bytes bytes, std::vector<net::Bytes>& record, std::deque<Flying>& to, bool open) {
    record.push_back(bytes);
    if (open && !lost()) to.push_back({now + one_way, std::move(bytes)});
  }
  void greet(std::optional<PartnerLink>& from, std::vector<net::Bytes>& record, std::deque<Flying>& to, bool open) {
    if (!from) return;
    while (auto hello = from->take_hello(now)) {
      ++hellos;
      send(std::move(*hello), record, to, open);
    }
  }
  void deliver(std::deque<Flying>& queue, std::optional<PartnerLink>& to, std::vector<Reply>& orders) {
    while (!queue.empty() && queue.front().at <= now) {
      if (to) {
        if (const auto obeyed = to->receive(queue.front().bytes, now)) orders.push_back(*obeyed);
      }
      queue.pop_front();
    }
  }
  void step() {
    deliver(to_a_, a, orders_at_a);
    deliver(to_b_, b, orders_at_b);
    greet(a, recorded_from_a, to_b_, a_to_b);
    greet(b, recorded_from_b, to_a_, b_to_a);
  }
};

Wire linked() {
  Wire wire;
  wire.start_a();
  wire.start_b();
  wire.run(seconds(3));
  EXPECT_TRUE(wire.a->up(wire.now) && wire.b->up(wire.now));
  return wire;
}

std::uint64_t faults(const PartnerLink& link) {
  std::uint64_t sum = 0;
  for (const std::uint64_t count : link.faults()) sum += count;
  return sum;
}

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

TEST(PartnerLink, AKeyIsChanged_OneHostAfterTheOther) {
  LinkConfig both_keys = config_a(101);
  both_keys.keys.insert(both_keys.keys.begin(),
                        LinkKey::derived_from(net::as_bytes("fedcba9876543210fedcba9876543210")));
  LinkConfig old_then_new = config_b(201);
  old_then_new.keys.push_back(both_keys.keys.front());
  Wire wire;
  wire.start_a(both_keys);
  wire.start_b(old_then_new);
  EXPECT_LE(wire.until(true), seconds(1));
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
