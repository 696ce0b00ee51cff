// Class K: what arrives on the partner link of a whole reflector. Whatever it is, it draws no packet to a client and no
// answer, and is counted once; only a fresh order in the window, and two clients of one transaction id, are served.
#include <gtest/gtest.h>

#include "net/random.h"
#include "stun/crypto.h"
#include "stun/message.h"
#include "tests/reflector/linked_pair.h"

namespace reflector {
namespace control_channel_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t body_at = 44;
constexpr std::size_t mac_size = 32;

void overwrite(net::Bytes& bytes, std::size_t at, net::BytesView with) {
  std::copy(with.begin(), with.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

// Signs the bytes as a holder of the key could.
net::Bytes signed_again(net::Bytes bytes) {
  const std::size_t end = bytes.size() - mac_size;
  overwrite(bytes, end, stun::hmac_sha256(LinkedPair::key().mac_key, net::BytesView(bytes).first(end)));
  return bytes;
}

void expect_passed_over(LinkedPair& pair, net::BytesView datagram, const std::string& what) {
  const std::uint64_t before = pair.b.counted();
  EXPECT_TRUE(pair.give_b(datagram).empty()) << what;
  EXPECT_EQ(pair.b.counted() - before, 1U) << what;
}

void expect_obeyed(LinkedPair& pair, net::BytesView datagram, const net::Endpoint& client) {
  const auto sent = pair.give_b(datagram);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, client);
  EXPECT_LE(sent[0].payload.size(), pair.family == net::Family::V4 ? 68U : 116U);
}

TEST(ControlChannel, K01_WrongMac_WithEveryInnerFieldAt0_1_Max) {
  LinkedPair pair;
  for (const net::Bytes& valid : {pair.a.relay(pair.order()), pair.said_by_a.back()}) {
    for (std::size_t at = body_at; at + 2 <= valid.size() - mac_size; at += 2) {
      for (const char* value : {"0000", "0001", "ffff"}) {
        net::Bytes wrong = valid;
        overwrite(wrong, at, net::from_hex(value));
        wrong.back() ^= 1;
        expect_passed_over(pair, wrong, "field at " + std::to_string(at));
      }
    }
  }
}

TEST(ControlChannel, K02_MacCutTo0_1_15_31Bytes) {
  LinkedPair pair;
  for (const net::Bytes& valid : {pair.a.relay(pair.order()), pair.said_by_a.back()}) {
    for (const std::size_t left : {0U, 1U, 15U, 31U}) {
      expect_passed_over(pair, net::BytesView(valid).first(valid.size() - mac_size + left), std::to_string(left));
    }
  }
}

TEST(ControlChannel, K03_ExactReplay) {
  LinkedPair pair;
  const net::Bytes once = pair.a.relay(pair.order());
  expect_obeyed(pair, once, pair.client());
  for (int i = 0; i < 3; ++i) expect_passed_over(pair, once, "replay");
  expect_passed_over(pair, pair.said_by_a.back(), "greeting");
}

TEST(ControlChannel, K04_ReorderedInsideAndOutsideTheWindow) {
  LinkedPair pair;
  std::vector<net::Bytes> orders;
  for (int i = 0; i < 1100; ++i) orders.push_back(pair.a.relay(pair.order()));
  expect_obeyed(pair, orders[1099], pair.client());
  expect_obeyed(pair, orders[1099 - 1], pair.client());
  expect_obeyed(pair, orders[1099 - 1023], pair.client());
  expect_passed_over(pair, orders[1099 - 1024], "behind the window");
}

TEST(ControlChannel, K05_SixSecondsOld_AndSixSecondsAhead) {
  LinkedPair pair;
  const net::Bytes held_back = pair.a.relay(pair.order());
  pair.talk(seconds(6));
  expect_passed_over(pair, held_back, "old");
  // Ahead: it names a greeting that B will say in six seconds; sequence numbers are easy to guess.
  const auto newest = decode_link_message(pair.said_by_b.back(), std::span(&pair.key(), 1));
  ASSERT_TRUE(newest);
  for (const std::uint64_t ahead : {1U, 6U, 7U, 1000U}) {
    LinkMessage early{{LinkRole::First, {100, 100'000 + ahead}, newest->header.name}, pair.order()};
    early.header.echo.sequence += ahead;
    expect_passed_over(pair, encode(early, pair.key()), "ahead by " + std::to_string(ahead));
  }
}

TEST(ControlChannel, K06_OwnMessagesSentBack) {
  LinkedPair pair;
  for (const net::Bytes& own : pair.said_by_b) expect_passed_over(pair, own, "own");
  net::Bytes order = pair.a.relay(pair.order());
  order[6] = static_cast<std::uint8_t>(LinkRole::Second);
  expect_passed_over(pair, signed_again(order), "an order in B's own role");
}

TEST(ControlChannel, K07_OtherVersion_OtherLength) {
  LinkedPair pair;
  const net::Bytes valid = pair.a.relay(pair.order());
  for (const std::uint8_t version : net::Bytes{0, 2, 255}) {
    net::Bytes other = valid;
    other[4] = version;
    expect_passed_over(pair, signed_again(other), "version " + std::to_string(version));
  }
  for (std::size_t size = mac_size; size < 400; ++size) {
    if (size == valid.size()) continue;
    net::Bytes other = valid;
    other.resize(size);
    expect_passed_over(pair, signed_again(other), "length " + std::to_string(size));
  }
  net::Bytes kind = valid;  // a relay that says to be a greeting, and the other way round
  kind[5] = 1;
  expect_passed_over(pair, signed_again(kind), "kind");
}

// K08, K09: with the right key. The last row's addresses are the pair's own.
TEST(ControlChannel, K08_K09_DestinationsThatNobodyMayNameForAnother) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    LinkedPair pair(family);
    for (const char* text : {"0.0.0.0",
                             "127.0.0.1",
                             "169.254.1.1",
                             "10.0.0.1",
                             "224.0.0.1",
                             "255.255.255.255",
                             "::",
                             "::1",
                             "fe80::1",
                             "ff02::1",
                             "::ffff:127.0.0.1",
                             "64:ff9b::7f00:1",
                             "::ffff:198.51.100.9",
                             "192.168.1.1",
                             "172.16.0.1",
                             "100.64.0.1",
                             "fc00::1",  //
                             "192.0.2.1",
                             "192.0.2.2",
                             "2001:db8::1",
                             "2001:db8::2"}) {
      const net::Endpoint destination{net::address(text), 40000};
      expect_passed_over(pair, pair.a.relay(pair.order(destination)), text);
    }
    Reply no_port = pair.order();
    no_port.client.port = no_port.reply_port = 0;
    expect_passed_over(pair, pair.a.relay(no_port), "port 0");
    const net::Endpoint other_family =
        net::endpoint(family == net::Family::V4 ? "[2001:db8:9::9]:4000" : "198.51.100.9:4000");
    expect_passed_over(pair, pair.a.relay(pair.order(other_family)), "the other family");
    expect_obeyed(pair, pair.a.relay(pair.order()), pair.client());
  }
}

TEST(ControlChannel, K10_TwoClientsWithOneTransactionId_AreBothServed) {
  LinkedPair pair;
  const net::Endpoint other = net::endpoint("198.51.100.10:40000");
  expect_obeyed(pair, pair.a.relay(pair.order()), pair.client());
  expect_obeyed(pair, pair.a.relay(pair.order(other)), other);
}

TEST(ControlChannel, K11_UnknownKeyId) {
  LinkedPair pair;
  const LinkKey stranger = LinkKey::derived_from(net::as_bytes("another key that nobody else holds"));
  const auto newest = decode_link_message(pair.said_by_a.back(), std::span(&pair.key(), 1));
  ASSERT_TRUE(newest);
  LinkMessage message{newest->header, pair.order()};
  message.header.name.sequence += 1;
  expect_passed_over(pair, encode(message, stranger), "a stranger's key");
  LinkKey misnamed = stranger;
  misnamed.id = pair.key().id;
  expect_passed_over(pair, encode(message, misnamed), "a stranger's key under our key's name");
}

TEST(ControlChannel, K12_K13_TheLargestDatagram_AndTheSmallest) {
  LinkedPair pair;
  net::Bytes large = pair.a.relay(pair.order());
  large.resize(65'507);
  expect_passed_over(pair, large, "65,507 bytes");
  expect_passed_over(pair, signed_again(large), "65,507 signed bytes");
  expect_passed_over(pair, {}, "0 bytes");
}

// At full speed, with the program and a clock: tests/bench/link_flood.
TEST(ControlChannel, K14_HundredThousandBadOnesInASecond_DoNotTakeTheLinkDown) {
  LinkedPair pair;
  net::Random random(14);
  net::Bytes bad = pair.a.relay(pair.order());
  const std::uint64_t before = pair.b.counted();
  for (int i = 0; i < 100'000; ++i) {
    if (i % 1000 == 0) pair.talk(milliseconds(10));
    random.fill(std::span(bad).subspan(i % 2 == 0 ? 0 : body_at));  // every other one passes the cheap checks
    ASSERT_TRUE(pair.give_b(bad).empty());
  }
  EXPECT_EQ(pair.b.counted() - before, 100'000U);
  EXPECT_TRUE(pair.a.up(pair.b.now) && pair.b.agent.partner_usable(pair.family, pair.b.now));
  expect_obeyed(pair, pair.a.relay(pair.order()), pair.client());
}

TEST(ControlChannel, K15_EverySingleBitFlip) {
  LinkedPair pair;
  for (const net::Bytes& valid : {pair.a.relay(pair.order()), pair.said_by_a.back()}) {
    for (std::size_t bit = 0; bit < valid.size() * 8; ++bit) {
      net::Bytes flipped = valid;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      expect_passed_over(pair, flipped, "bit " + std::to_string(bit));
    }
  }
}

// The bar says 10,000 messages, also after a restart of either side.
TEST(ControlChannel, K16_AnEarlierSession_AfterARestartOfEitherSide) {
  for (const bool restart_a : {true, false}) {
    LinkedPair pair;
    std::vector<net::Bytes> recorded = pair.said_by_a;
    while (recorded.size() < 10'000) recorded.push_back(pair.a.relay(pair.order()));  // none has arrived
    if (restart_a) {
      pair.restart_a(101);
    } else {
      pair.restart_b(2);
    }
    for (const net::Bytes& old : recorded) ASSERT_TRUE(pair.give_b(old).empty());
    const net::Bytes of_this_life = pair.a.relay(pair.order());
    expect_obeyed(pair, of_this_life, pair.client());
  }
}

TEST(ControlChannel, K17_TenThousandASecond_ToOneDestination) {
  LinkedPair pair;
  std::vector<std::size_t> sent(4);
  for (std::size_t i = 0; i < 40'000; ++i) {
    if (i % 100 == 0) pair.talk(milliseconds(10));
    sent[i / 10'000] += pair.give_b(pair.a.relay(pair.order())).size();
  }
  EXPECT_LE(sent[0], 50U);
  for (std::size_t second = 1; second < sent.size(); ++second) EXPECT_LE(sent[second], 20U);
  const net::Endpoint other = net::endpoint("198.51.100.10:40000");
  expect_obeyed(pair, pair.a.relay(pair.order(other)), other);
}

TEST(ControlChannel, K18_APortOutsideTheReflectorsOwn_OrAimedAtAService) {
  LinkedPair pair;
  constexpr std::size_t flags_at = body_at + 23;
  for (const std::uint8_t flags : net::Bytes{0x20, 0x40, 0x80, 0xFF}) {  // of two ports, so one bit names it
    net::Bytes wrong = pair.a.relay(pair.order());
    wrong[flags_at] = flags;
    expect_passed_over(pair, signed_again(wrong), "flags " + std::to_string(flags));
  }
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{1, 53, 123, 1023}) {
    Reply aimed = pair.order();
    aimed.reply_port = port;
    expect_passed_over(pair, pair.a.relay(aimed), "port " + std::to_string(port));
  }
}

TEST(ControlChannel, AStranger_IsNotEvenRead) {
  LinkedPair pair;
  const net::Bytes valid = pair.a.relay(pair.order());
  const std::uint64_t before = pair.b.counted();
  EXPECT_TRUE(packets(pair.b.receive({pair.address_b(), default_link_port}, pair.client(), valid)).empty());
  EXPECT_EQ(pair.b.counted() - before, 1U);
  expect_obeyed(pair, valid, pair.client());
}

}  // namespace control_channel_test
}  // namespace reflector
