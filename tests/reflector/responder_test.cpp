// The packet path without sockets: what is done with a request, and that nothing is allocated for it.
#include "reflector/responder.h"

#include <gtest/gtest.h>

#include <thread>

#include "reflector/link_message.h"
#include "tests/allocations.h"
#include "tests/reflector/client.h"

namespace reflector {
namespace responder_test {

const net::IpAddress own = net::address("192.0.2.1");
const net::IpAddress other = net::address("192.0.2.2");
const net::Endpoint client = net::endpoint("198.51.100.9:40000");
const net::Bytes key(32, 7);
const net::Bytes secret_a(32, 1);
const net::Bytes secret_b(32, 2);
const net::TimePoint start(std::chrono::hours(1));

LinkConfig link_config(bool first) {
  return {.own = first ? own : other,
          .partner = first ? other : own,
          .primary_port = default_port,
          .alternate_port = default_alternate_port,
          .keys = {LinkKey::derived_from(key)},
          .session = first ? 1U : 2U};
}

// The responder of one host of a pair whose link is up.
class Answering {
 public:
  Answering() {
    for (net::TimePoint at = start; at < now_; at += std::chrono::milliseconds(10)) {
      if (const auto hello = link_.take_hello(at)) (void)partner_.receive(*hello, at);
      if (const auto hello = partner_.take_hello(at)) (void)link_.receive(*hello, at);
    }
  }

  Action ask(net::BytesView bytes) {
    room_.clear();
    return responder_.answer(bytes, {.from = client, .ttl = 64, .at = now_}, counts_, room_);
  }
  [[nodiscard]] stun::Message reply() const { return *stun::Message::decode(room_.bytes()); }
  [[nodiscard]] net::BytesView bytes() const { return room_.bytes(); }
  [[nodiscard]] PartnerLink& partner() { return partner_; }
  [[nodiscard]] net::TimePoint now() const { return now_; }
  [[nodiscard]] Responder& responder() { return responder_; }
  [[nodiscard]] std::uint64_t counted(Disposition kind) const {
    return counts_.requests[static_cast<std::size_t>(kind)];
  }

 private:
  net::TimePoint now_ = start + std::chrono::seconds(1);
  ReflectorConfig config_ = pair_config({own, default_port}, other, key);
  PartnerLink link_{link_config(true), start};
  PartnerLink partner_{link_config(false), start};
  Responder responder_{config_.hosts.front(), config_, secret_a, &link_};
  LiveCounts counts_;
  std::array<std::uint8_t, stun::max_message_size> buffer_{};
  net::ByteRoom room_{buffer_};
};

TEST(Responder, SendsFromTheRoleThatIsAsked) {
  Answering host;
  const Action plain = host.ask(request(1, 0));
  EXPECT_EQ(plain.kind, Action::Kind::Send);
  EXPECT_EQ(plain.from, SocketRole{});
  EXPECT_EQ(plain.to, client);
  EXPECT_EQ(host.bytes().size(), 68U);

  const Action changed = host.ask(request(2, 0, stun::ChangeRequest{.change_port = true}));
  EXPECT_EQ(changed.kind, Action::Kind::Send);
  EXPECT_EQ(changed.from, (SocketRole{.alternate_port = true}));
  EXPECT_EQ(host.counted(Disposition::Success), 2U);
}

TEST(Responder, AsksThePartner_WhichObeys) {
  Answering host;
  const Action action = host.ask(request(1, 0, stun::ChangeRequest{.change_address = true}));
  ASSERT_EQ(action.kind, Action::Kind::Relay);
  const auto order = host.partner().receive(host.bytes(), host.now());
  ASSERT_TRUE(order);
  EXPECT_EQ(order->client, client);
  EXPECT_EQ(order->from, SocketRole{});
}

TEST(Responder, IsSilent_AndCountsWhy) {
  Answering host;
  EXPECT_EQ(host.ask(net::Bytes(20, 0xFF)).kind, Action::Kind::None);
  EXPECT_EQ(host.counted(Disposition::Undecodable), 1U);
  EXPECT_TRUE(host.bytes().empty());
}

TEST(Responder, AllocatesNothing) {
  Answering host;
  (void)host.ask(request(1, 120));
  const auto token = host.reply().get<stun::ReturnToken>();
  ASSERT_TRUE(token);
  const stun::SentQuery label{.run_nonce = 1, .question = 2};
  const std::vector<net::Bytes> requests = {
      request(1, 0),
      request(2, 160, *token),
      request(3, 0, stun::ChangeRequest{.change_port = true}, label, *token),
      request(4, 0, stun::ChangeRequest{.change_address = true}, label, *token),
      request(5, 160, label, *token),
      request(6, 0, stun::Padding{200}),
      request(7, 0, stun::Delay{1000}),                                               // 400
      request(8, 0, stun::ResponsePort{80}),                                          // 400
      net::from_hex("0001000821 12A442 000000000000000000000001 7FFF0004 00000000"),  // 420
      net::Bytes(30, 1),
  };
  const auto ask_all = [&] {
    for (const net::Bytes& bytes : requests) (void)host.ask(bytes);
  };
  ask_all();  // libcrypto makes its context once a thread
  const std::size_t before = natscope_test::allocations();
  for (int i = 0; i < 5; ++i) ask_all();
  EXPECT_EQ(natscope_test::allocations(), before);
}

TEST(Responder, ADelayedReplyComesToWait_AndWakesWhoSendsIt) {
  Answering host;
  unsigned woken = 0;
  host.responder().wake = [&] { ++woken; };
  (void)host.ask(request(1, 120));
  const auto token = host.reply().get<stun::ReturnToken>();
  EXPECT_EQ(host.ask(request(2, 120, stun::Delay{3}, *token)).kind, Action::Kind::None);
  EXPECT_EQ(host.ask(request(2, 120, stun::Delay{3}, *token)).kind, Action::Kind::None);  // the same again
  EXPECT_EQ(woken, 1U);
  EXPECT_EQ(host.responder().next_due(), host.now() + std::chrono::seconds(3));
  EXPECT_FALSE(host.responder().take_due(host.now() + std::chrono::seconds(2)));
  EXPECT_TRUE(host.responder().take_due(host.now() + std::chrono::seconds(3)));
  EXPECT_FALSE(host.responder().next_due());
}

}  // namespace responder_test
}  // namespace reflector
