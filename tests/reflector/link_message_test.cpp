#include "reflector/link_message.h"

#include <gtest/gtest.h>

#include <array>

#include "net/random.h"
#include "stun/crypto.h"

namespace reflector {
namespace link_message_test {

const LinkKey key = LinkKey::derived_from(net::as_bytes("0123456789abcdef0123456789abcdef"));
const LinkKey other_key = LinkKey::derived_from(net::as_bytes("0123456789abcdef0123456789abcdeF"));
constexpr LinkHeader header{.role = LinkRole::First, .name = {11, 12}, .echo = {13, 14}};

const Hello hello{.primary_port = 3478,
                  .alternate_port = 3479,
                  .own = net::address("2001:db8::1"),
                  .partner = net::address("2001:db8::2"),
                  .token_epoch = 99};

Reply order() {
  Reply reply{.client = net::endpoint("198.51.100.9:40000"), .reply_port = 5000};
  reply.id.bytes.fill(0xA5);
  reply.arrival = {.partner_address = true, .alternate_port = false};
  reply.from = {.partner_address = false, .alternate_port = true};
  reply.request_size = 112;
  reply.padding = true;
  reply.label = {.run_nonce = 0x0102030405060708, .question = 7};
  reply.token = {{1, 2, 3, 4, 5, 6, 7, 8}};
  return reply;
}

net::Result<LinkMessage, LinkFault> decode(net::BytesView datagram, const LinkKey& with = key) {
  return decode_link_message(datagram, std::span(&with, 1));
}

void overwrite(net::Bytes& bytes, std::size_t at, net::BytesView with) {
  std::copy(with.begin(), with.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

// Signs the bytes as a holder of the key could.
net::Bytes signed_again(net::Bytes bytes) {
  const std::size_t end = bytes.size() - 32;
  overwrite(bytes, end, stun::hmac_sha256(key.mac_key, net::BytesView(bytes).first(end)));
  return bytes;
}

TEST(LinkMessage, HelloRoundTrips) {
  const net::Bytes bytes = encode({header, hello}, key);
  EXPECT_EQ(bytes.size(), hello_size);
  const auto message = decode(bytes);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->header.role, LinkRole::First);
  EXPECT_EQ(message->header.name, header.name);
  EXPECT_EQ(message->header.echo, header.echo);
  const Hello& read = std::get<Hello>(message->body);
  EXPECT_EQ(read.primary_port, 3478);
  EXPECT_EQ(read.alternate_port, 3479);
  EXPECT_EQ(read.own, hello.own);
  EXPECT_EQ(read.partner, hello.partner);
  EXPECT_EQ(read.token_epoch, 99U);
}

TEST(LinkMessage, RelayRoundTrips_RolesInTheReceiversWords) {
  for (const char* client : {"198.51.100.9:40000", "[2001:db8::9]:40000"}) {
    Reply sent = order();
    sent.client = net::endpoint(client);
    const auto message = decode(encode({header, sent}, key));
    ASSERT_TRUE(message);
    const Reply& read = std::get<Reply>(message->body);
    EXPECT_EQ(read.id, sent.id);
    EXPECT_EQ(read.client, sent.client);
    EXPECT_EQ(read.reply_port, 5000);
    EXPECT_EQ(read.arrival, sent.arrival);
    EXPECT_EQ(read.from, sent.from);
    EXPECT_EQ(read.request_size, 112);
    EXPECT_TRUE(read.padding);
    EXPECT_EQ(read.label, sent.label);
    EXPECT_EQ(read.token, sent.token);
  }
}

TEST(LinkMessage, EverySingleBitFlip_IsRefused) {  // K15
  for (const net::Bytes& valid : {encode({header, hello}, key), encode({header, order()}, key)}) {
    for (std::size_t bit = 0; bit < valid.size() * 8; ++bit) {
      net::Bytes flipped = valid;
      flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      EXPECT_FALSE(decode(flipped)) << bit;
    }
  }
}

TEST(LinkMessage, EveryTruncationAndExtension_IsRefused) {  // K02, K07, K12, K13
  for (const net::Bytes& valid : {encode({header, hello}, key), encode({header, order()}, key)}) {
    for (std::size_t size = 0; size < valid.size(); ++size) {
      EXPECT_FALSE(decode(net::BytesView(valid).first(size))) << size;
    }
    for (const std::size_t more : {1U, 4U, 16U, 65'000U}) {
      net::Bytes longer = valid;
      longer.resize(valid.size() + more);
      EXPECT_EQ(decode(longer).error(), LinkFault::WrongSize);
    }
  }
}

TEST(LinkMessage, WrongKeyKeyIdRoleOrVersion_IsRefusedByName) {  // K06, K07, K11
  const net::Bytes valid = encode({header, hello}, key);
  EXPECT_EQ(decode(valid, other_key).error(), LinkFault::UnknownKey);
  net::Bytes role = valid;
  role[6] = 3;
  EXPECT_EQ(decode(signed_again(role)).error(), LinkFault::Malformed);
  LinkKey same_name = other_key;
  same_name.id = key.id;
  EXPECT_EQ(decode(valid, same_name).error(), LinkFault::WrongMac);
  net::Bytes version = valid;
  version[4] = 2;
  EXPECT_EQ(decode(signed_again(version)).error(), LinkFault::NotOurs);
}

TEST(LinkMessage, EitherOfTwoKeys_IsAccepted) {
  const std::array keys = {other_key, key};
  EXPECT_TRUE(decode_link_message(encode({header, hello}, key), keys));
  EXPECT_TRUE(decode_link_message(encode({header, hello}, other_key), keys));
}

// With the right key too, an order names nothing but a reply of this host's own sockets.  K18
TEST(LinkMessage, AnOrderOutsideTheRules_IsMalformed) {
  const net::Bytes valid = encode({header, order()}, key);
  constexpr std::size_t port_at = 44 + 16;
  constexpr std::size_t reply_port_at = 44 + 18;
  constexpr std::size_t size_at = 44 + 20;
  constexpr std::size_t family_at = 44 + 22;
  constexpr std::size_t flags_at = 44 + 23;
  struct Row {
    std::size_t at;
    net::Bytes bytes;
  };
  for (const Row& row : {Row{port_at, {0, 0}}, Row{reply_port_at, {0, 0}}, Row{reply_port_at, {0, 53}},
                         Row{reply_port_at, {0x03, 0xFF}}, Row{size_at, {0x10, 0x01}}, Row{family_at, {0}},
                         Row{family_at, {5}}, Row{flags_at, {0x20}}, Row{flags_at, {0xFF}}}) {
    net::Bytes wrong = valid;
    overwrite(wrong, row.at, row.bytes);
    EXPECT_EQ(decode(signed_again(wrong)).error(), LinkFault::Malformed) << row.at;
  }
  EXPECT_TRUE(decode(signed_again(valid)));
}

TEST(LinkMessage, WrongMac_WithAnyLengthInside_IsRefused) {  // K01
  const net::Bytes valid = encode({header, order()}, key);
  for (std::size_t at = 44; at + 1 < valid.size() - 32; ++at) {
    for (const char* value : {"0000", "0001", "ffff"}) {
      net::Bytes wrong = valid;
      overwrite(wrong, at, net::from_hex(value));
      if (wrong == valid) continue;
      EXPECT_EQ(decode(wrong).error(), LinkFault::WrongMac);
    }
  }
}

TEST(LinkMessage, RandomMessages_AreRefused) {
  net::Random random(8);
  net::Bytes bytes = encode({header, order()}, key);
  for (int i = 0; i < 100'000; ++i) {
    random.fill(i % 2 == 0 ? std::span(bytes) : std::span(bytes).subspan(12));  // every other one gets past the header
    ASSERT_FALSE(decode(bytes));
    bytes = encode({header, order()}, key);
  }
}

}  // namespace link_message_test
}  // namespace reflector
