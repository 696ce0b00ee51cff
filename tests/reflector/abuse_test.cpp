// What a reflector must not be made to do to others: the threat table's rows on forged sources, redirections and
// floods, on whole reflectors under a virtual clock. Sizes and PADDING are in respond_test.cpp and
// hostile_requests_test.cpp, the partner link in control_channel_test.cpp, twenty probes behind one address in
// tests/probe/network_fault_test.cpp.
#include <gtest/gtest.h>

#include <array>

#include "net/random.h"
#include "stun/message_builder.h"
#include "tests/reflector/client.h"
#include "tests/reflector/open_reflector.h"
#include "tests/reflector/wired_pair.h"
#include "tests/stun/raw_message.h"

namespace reflector {
namespace abuse_test {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using stun::ChangeRequest;

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
const net::IpAddress address_a = net::address("192.0.2.1");
const net::IpAddress address_b = net::address("192.0.2.2");
const net::Endpoint primary{address_a, default_port};
const net::Endpoint victim = net::endpoint("198.51.100.9:40000");

WiredPair pair_of(bool limited) {
  const auto config = [limited](const net::IpAddress& own, const net::IpAddress& partner) {
    ReflectorConfig out = pair_config({own, default_port}, partner, net::as_bytes(secret));
    if (!limited) out.requests_per_second.reset();
    return out;
  };
  return {config(address_a, address_b), config(address_b, address_a)};
}

// Row 3. The first reflector's own limit is off, so that only what the second does for itself is seen.
TEST(Abuse, TenThousandForgedChangeRequests_MakeThePartnerSend50InTheFirstSecond_20After) {
  for (const bool first_host_limits : {true, false}) {
    WiredPair pair = pair_of(first_host_limits);
    ASSERT_TRUE(pair.linked());
    std::vector<std::size_t> sent_until;
    for (int second = 0; second < 10; ++second) {
      for (int i = 0; i < 1000; ++i) {
        if (i % 10 == 0) pair.pass(milliseconds(10));
        pair.ask_a(victim, request(1, 0, ChangeRequest{true, i % 2 == 0}));
      }
      sent_until.push_back(pair.sent_by_b.size());
    }
    EXPECT_LE(sent_until[0], 50U);
    EXPECT_GT(sent_until[0], 0U);
    for (std::size_t i = 1; i < sent_until.size(); ++i) EXPECT_LE(sent_until[i] - sent_until[i - 1], 20U) << i;
  }
}

// Row 4, on a whole reflector: whatever port a request names, from whatever port it comes.
TEST(Abuse, ResponsePort_AllValues_NothingBelow1024_NothingToAnotherAddress) {
  for (const Mode mode : {Mode::Compatible, Mode::Strict}) {
    ReflectorConfig config = plain_config(primary);
    config.mode = mode;
    config.requests_per_second.reset();
    OpenReflector reflector(config);
    std::size_t redirected = 0;
    const std::uint32_t step = mode == Mode::Strict ? 31 : 1;  // respond_test.cpp has all of them in either mode
    for (std::uint32_t port = 0; port <= 0xFFFF; port += step) {
      const auto sent = packets(
          reflector.receive(primary, victim, request(1, 0, stun::ResponsePort{static_cast<std::uint16_t>(port)})));
      ASSERT_LE(sent.size(), 1U);
      for (const net::Send& one : sent) {
        ASSERT_EQ(one.to.address, victim.address);
        ASSERT_TRUE(one.to.port == victim.port || (one.to.port >= 1024 && one.to.port == port)) << port;
        redirected += one.to.port != victim.port ? 1U : 0U;
      }
    }
    EXPECT_EQ(redirected, mode == Mode::Strict ? 0U : 65'536U - 1024U - 1U);  // strict mode wants a return token
  }
}

// Row 5. Every retired or misplaced attribute that names a host; a thousand tries each.
TEST(Abuse, AttributesThatNameAThirdHost_DrawNoPacketToIt) {
  ReflectorConfig config = plain_config(primary);
  config.requests_per_second.reset();
  OpenReflector reflector(config);
  net::Random random(5);
  struct Row {
    std::uint16_t type;
    bool refused;  // with 420; else ignored
  };
  for (const Row& row :
       {Row{0x0002, true}, Row{0x000B, true}, Row{0x8023, false}, Row{0x0001, false}, Row{0x0020, false},
        Row{0x0004, false}, Row{0x0005, false}, Row{0x802B, false}, Row{0x802C, false}}) {
    for (int i = 0; i < 1000; ++i) {
      net::Bytes named = net::from_hex("0001 0d96 cb007109");  // 203.0.113.9:3478, then others
      if (i > 0) random.fill(std::span(named).subspan(2));
      const net::Bytes request = net::from_hex(hostile::request(hostile::attribute(row.type, net::to_hex(named))));
      const auto sent = packets(reflector.receive(primary, victim, request));
      ASSERT_EQ(sent.size(), 1U);
      ASSERT_EQ(sent[0].to, victim);
      const auto reply = stun::Message::decode(sent[0].payload);
      ASSERT_TRUE(reply);
      ASSERT_EQ(reply->message_class(), row.refused ? stun::MessageClass::Error : stun::MessageClass::Success);
    }
  }
}

// ---- floods, row 7 -------------------------------------------------------------------------------------------------

struct Flood {
  std::size_t in_full = 0;
  std::size_t small = 0;  // the leak: every tenth over the limit, in as few bytes as there can be
};

Flood flooded(OpenReflector& reflector, const net::Endpoint& source, int per_second, int for_seconds) {
  Flood flood;
  const net::Bytes bytes = request(1, 0);
  for (int i = 0; i < per_second * for_seconds; ++i) {
    (void)reflector.pass(microseconds(1'000'000 / per_second));
    for (const net::Send& sent : packets(reflector.receive(primary, source, bytes))) {
      ++(sent.payload.size() > 32 ? flood.in_full : flood.small);
    }
  }
  return flood;
}

TEST(Abuse, AFloodFromOneSource_DrawsAtMost250InTenSeconds_PlusTheLeak) {
  OpenReflector reflector(plain_config(primary));
  const Flood flood = flooded(reflector, victim, 2000, 10);
  EXPECT_LE(flood.in_full, 250U);
  EXPECT_GE(flood.in_full, 200U);
  EXPECT_LE(flood.small, (20'000U - flood.in_full) / 10U + 1U);
}

TEST(Abuse, AVictimWhoseAddressWasForged_IsServedInFull_TwoSecondsAfterTheFlood) {
  for (const int per_second : {100, 5000}) {
    OpenReflector reflector(plain_config(primary));
    (void)flooded(reflector, victim, per_second, 5);
    (void)reflector.pass(seconds(2));
    const net::Endpoint another_port{victim.address, 50000};
    const auto sent = packets(reflector.receive(primary, another_port, request(2, 0)));
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].payload.size(), 56U);
  }
}

// Also in the midst of it a client that holds a return token is served.
TEST(Abuse, AFloodUnderItsName_TakesNothingFromAClientWithAToken) {
  OpenReflector reflector(plain_config(primary));
  const auto first = packets(reflector.receive(primary, victim, request(1, 120)));
  ASSERT_EQ(first.size(), 1U);
  const auto token = stun::Message::decode(first[0].payload)->get<stun::ReturnToken>();
  ASSERT_TRUE(token);
  (void)flooded(reflector, victim, 5000, 2);
  for (std::uint8_t i = 0; i < 100; ++i) {
    EXPECT_EQ(packets(reflector.receive(primary, victim, request(i, 120, *token))).size(), 1U);
  }
}

// ---- what a reply holds, row 36 ------------------------------------------------------------------------------------

// The bytes that stand for nothing: behind a value up to the next word, and those the formats reserve.
void expect_clear(net::BytesView reply) {
  const auto message = stun::Message::decode(reply);
  ASSERT_TRUE(message);
  for (const stun::Attribute& attribute : message->attributes()) {
    for (std::size_t at = attribute.offset + std::size_t{attribute.length}; at % 4 != 0; ++at) ASSERT_EQ(reply[at], 0);
    const net::BytesView value = message->value(attribute);
    constexpr std::array<std::uint16_t, 6> addresses = {0x0001, 0x0004, 0x0005, 0x0020, 0x802B, 0x802C};
    const bool address = std::find(addresses.begin(), addresses.end(), attribute.type) != addresses.end();
    const bool error_code = attribute.type == 0x0009;
    const bool padding = attribute.type == 0x0026;
    const std::size_t reserved = address ? 1 : error_code ? 2 : padding ? value.size() : 0;
    for (const std::uint8_t byte : value.first(reserved)) ASSERT_EQ(byte, 0);
  }
}

// A hundred thousand replies are drawn by tests/msan.
TEST(Abuse, BytesThatStandForNothing_AreZero) {
  ReflectorConfig config = two_addresses_config(primary, net::address("192.0.2.3"));
  config.requests_per_second.reset();
  OpenReflector reflector(config);
  net::Random random(36);
  std::size_t replies = 0;
  std::size_t padded = 0;
  while (replies < 20'000) {
    stun::TransactionId id = stun::TransactionId::random(random);
    if (random.chance(0.1)) id.bytes[0] ^= 1;  // a classic one
    net::Bytes bytes;
    stun::MessageBuilder builder(bytes, stun::MessageClass::Request, stun::Method::Binding, id);
    for (std::uint64_t unknown = random.below(4); random.chance(0.3) && unknown > 0; --unknown) {
      const auto type = static_cast<std::uint16_t>(0x7000 + random.below(100));
      builder.add_raw(type, net::Bytes(random.below(7), 0xFF));
    }
    if (random.chance(0.5)) builder.add(stun::Padding{static_cast<std::uint16_t>(random.below(60))});
    if (random.chance(0.3)) builder.add(ChangeRequest{random.chance(0.5), random.chance(0.5)});
    if (random.chance(0.3)) builder.add_raw(0x8022, net::Bytes(random.below(40), 0xFF));
    if (random.chance(0.3)) builder.add(stun::SentQuery{random.next(), 1});
    for (const net::Send& sent : packets(reflector.receive(primary, victim, bytes))) {
      expect_clear(sent.payload);
      ++replies;
      padded += stun::Message::decode(sent.payload)->has(stun::AttributeType::UnknownAttributes) ? 1U : 0U;
    }
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(padded, 2'000U);
}

}  // namespace abuse_test
}  // namespace reflector
