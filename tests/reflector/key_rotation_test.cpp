// A pair changes its key while it serves: one host after the other, in either order, by restart or while it runs. No
// order is lost, and a return token stays good at both.
#include <gtest/gtest.h>

#include "stun/error_attributes.h"
#include "tests/reflector/client.h"
#include "tests/reflector/link_wire.h"
#include "tests/reflector/wired_pair.h"

namespace reflector {
namespace key_rotation_test {

using namespace link_wire;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view old_secret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view new_secret = "fedcba9876543210fedcba9876543210";
constexpr std::string_view third_secret = "00112233445566778899aabbccddeeff";

LinkKey key(std::string_view secret) { return LinkKey::derived_from(net::as_bytes(secret)); }
const LinkKey old_key = key(old_secret);
const LinkKey new_key = key(new_secret);

LinkConfig with(LinkConfig config, std::vector<LinkKey> keys) {
  config.keys = std::move(keys);
  return config;
}

std::uint32_t key_id(const net::Bytes& message) { return net::get_u32(net::BytesView(message).subspan(8)); }

// What each host holds, step by step.
struct Step {
  std::vector<LinkKey> a, b;
};
using Course = std::vector<Step>;

const std::vector<Course> courses = {
    // The new key before the old one at A, then at B; then the old one goes.
    {{{old_key}, {old_key}},
     {{new_key, old_key}, {old_key}},
     {{new_key, old_key}, {new_key, old_key}},
     {{new_key}, {new_key, old_key}},
     {{new_key}, {new_key}}},
    // B first.
    {{{old_key}, {old_key}},
     {{old_key}, {new_key, old_key}},
     {{new_key, old_key}, {new_key, old_key}},
     {{new_key}, {new_key, old_key}},
     {{new_key}, {new_key}}},
    // The careful way: known to both before anybody prefers it.
    {{{old_key}, {old_key}},
     {{old_key, new_key}, {old_key}},
     {{old_key, new_key}, {old_key, new_key}},
     {{new_key, old_key}, {old_key, new_key}},
     {{new_key, old_key}, {new_key, old_key}},
     {{new_key}, {new_key}}},
};

TEST(KeyRotation, LosesNoOrder_AndNeverTakesTheLinkDown) {
  for (const Course& course : courses) {
    for (const auto pause : {milliseconds(950), milliseconds(6'300)}) {
      Wire wire;
      wire.start_a(with(config_a(), course.front().a));
      wire.start_b(with(config_b(), course.front().b));
      wire.run(seconds(3));
      std::size_t orders = 0;
      for (const Step& step : course) {
        wire.a->use_keys(step.a);
        wire.b->use_keys(step.b);
        for (const net::TimePoint end = wire.now + pause; wire.now < end; ++orders) {
          wire.relay_from_a();
          wire.relay_from_b();
          wire.run(milliseconds(50));
          ASSERT_TRUE(wire.a->up(wire.now) && wire.b->up(wire.now));
        }
      }
      wire.run(milliseconds(20));
      EXPECT_EQ(wire.orders_at_a.size(), orders);
      EXPECT_EQ(wire.orders_at_b.size(), orders);
      EXPECT_EQ(key_id(wire.recorded_from_a.back()), new_key.id);
      EXPECT_EQ(key_id(wire.recorded_from_b.back()), new_key.id);
    }
  }
}

TEST(KeyRotation, ByRestarts_TheLinkIsBackWithinASecond) {
  for (const Course& course : courses) {
    Wire wire;
    wire.start_a(with(config_a(), course.front().a));
    wire.start_b(with(config_b(), course.front().b));
    std::uint64_t session = 1000;
    for (std::size_t i = 1; i < course.size(); ++i) {
      for (const bool a_first : {i % 2 == 0, i % 2 != 0}) {
        if (a_first) {
          wire.start_a(with(config_a(++session), course[i].a));
        } else {
          wire.start_b(with(config_b(++session), course[i].b));
        }
        wire.run(milliseconds(1));
        EXPECT_LE(wire.until(true), seconds(1)) << i;
        wire.run(milliseconds(1700));
      }
    }
  }
}

TEST(KeyRotation, OrdersAreSignedWithAKeyThatThePartnerHolds) {
  const LinkKey third = key(third_secret);
  struct Row {
    std::vector<LinkKey> a, b;
    std::uint32_t used_by_a;
  };
  for (const Row& row :
       {Row{{old_key}, {old_key}, old_key.id}, Row{{new_key, old_key}, {old_key}, old_key.id},
        Row{{new_key, old_key}, {new_key, old_key}, new_key.id},
        Row{{new_key, old_key}, {old_key, new_key}, old_key.id}, Row{{old_key, new_key}, {new_key}, new_key.id},
        Row{{third, new_key, old_key}, {new_key, old_key}, new_key.id}}) {
    Wire wire;
    wire.start_a(with(config_a(), row.a));
    wire.start_b(with(config_b(), row.b));
    EXPECT_LE(wire.until(true), seconds(1));
    wire.run(seconds(2));
    wire.relay_from_a();
    EXPECT_EQ(key_id(wire.recorded_from_a.back()), row.used_by_a);
  }
}

TEST(KeyRotation, AKeyThatIsGone_CountsNoMore) {
  Wire wire;
  wire.start_a(with(config_a(), {new_key, old_key}));
  wire.start_b(with(config_b(), {new_key, old_key}));
  wire.run(seconds(3));
  LinkMessage message{{LinkRole::First, {100, 1'000'000}, {200, 0}}, order()};
  const auto newest = decode_link_message(wire.recorded_from_b.back(), std::span(&new_key, 1));
  ASSERT_TRUE(newest);
  message.header.echo = newest->header.name;
  EXPECT_TRUE(wire.give_b(encode(message, old_key)));
  wire.b->use_keys({new_key});
  message.header.name.sequence += 1;
  EXPECT_FALSE(wire.give_b(encode(message, old_key)));
  EXPECT_EQ(wire.b->faults()[static_cast<std::size_t>(LinkFault::UnknownKey)], 1U);
}

TEST(KeyRotation, WithNoKeyInCommon_ThereIsNoLink) {
  Wire wire;
  wire.start_a(with(config_a(), {old_key, key(third_secret)}));
  wire.start_b(with(config_b(), {new_key}));
  wire.run(seconds(10));
  EXPECT_FALSE(wire.a->up(wire.now) || wire.b->up(wire.now));
}

// A strict pair gives nothing without a token, so a token that only its issuer knows would show at once.
TEST(KeyRotation, AReturnToken_IsGoodAtBothHosts_WhateverKeysTheyHold) {
  struct Row {
    std::vector<std::string_view> a, b;
  };
  const net::IpAddress address_a = net::address("192.0.2.1");
  const net::IpAddress address_b = net::address("192.0.2.2");
  const net::Endpoint client = net::endpoint("198.51.100.9:40000");
  const auto config = [](const net::IpAddress& own, const net::IpAddress& partner,
                         const std::vector<std::string_view>& secrets) {
    ReflectorConfig out = pair_config({own, default_port}, partner, net::as_bytes(secrets.front()));
    out.mode = Mode::Strict;
    for (std::size_t i = 1; i < secrets.size(); ++i) {
      const net::BytesView bytes = net::as_bytes(secrets[i]);
      out.link_keys.emplace_back(bytes.begin(), bytes.end());
    }
    return out;
  };
  for (const Row& row : {Row{{old_secret}, {old_secret}}, Row{{new_secret, old_secret}, {old_secret}},
                         Row{{old_secret}, {new_secret, old_secret}}, Row{{old_secret, new_secret}, {new_secret}},
                         Row{{new_secret, old_secret}, {old_secret, new_secret}}}) {
    WiredPair pair(config(address_a, address_b, row.a), config(address_b, address_a, row.b));
    ASSERT_TRUE(pair.linked());
    const auto token_from = [&](bool a) {
      auto& sent = a ? pair.sent_by_a : pair.sent_by_b;
      a ? pair.ask_a(client, request(1, 120)) : pair.ask_b(client, request(1, 120));
      return *stun::Message::decode(sent.back().payload)->get<stun::ReturnToken>();
    };
    for (const bool from_a : {true, false}) {
      const auto token = token_from(from_a);
      const std::size_t by_a = pair.sent_by_a.size();
      const std::size_t by_b = pair.sent_by_b.size();
      pair.ask_a(client, request(2, 0, stun::ChangeRequest{true, true}, token));
      pair.ask_b(client, request(3, 0, stun::ChangeRequest{true, true}, token));
      ASSERT_EQ(pair.sent_by_b.size(), by_b + 1);
      ASSERT_EQ(pair.sent_by_a.size(), by_a + 1);
      EXPECT_EQ(stun::Message::decode(pair.sent_by_a.back().payload)->message_class(), stun::MessageClass::Success);
      EXPECT_EQ(stun::Message::decode(pair.sent_by_b.back().payload)->message_class(), stun::MessageClass::Success);
    }
  }
}

}  // namespace key_rotation_test
}  // namespace reflector
