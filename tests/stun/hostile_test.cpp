// Hostile datagrams through decode(), from heap blocks of exactly their size so that AddressSanitizer sees any
// overread.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>

#include "stun/address_attributes.h"
#include "stun/behavior_attributes.h"
#include "stun/error_attributes.h"
#include "stun/integrity.h"
#include "stun/message.h"
#include "stun/private_attributes.h"
#include "stun/text_attributes.h"
#include "tests/stun/hostile_cases.h"
#include "tests/stun/hostile_replies.h"

namespace hostile_test {

// A datagram that ends where its heap block ends and begins `offset` bytes after its start.
class Block {
 public:
  Block(net::BytesView datagram, std::size_t offset)
      : offset_(offset), size_(datagram.size()), bytes_(new std::uint8_t[offset + datagram.size()]) {
    std::copy(datagram.begin(), datagram.end(), bytes_.get() + offset);
  }
  [[nodiscard]] net::BytesView view() const { return {bytes_.get() + offset_, size_}; }

 private:
  std::size_t offset_;
  std::size_t size_;
  std::unique_ptr<std::uint8_t[]> bytes_;
};

// Reads whatever can be read of a message.
void read_everything(const stun::Message& message) {
  (void)message.get<stun::MappedAddress>();
  (void)message.get<stun::XorMappedAddress>();
  (void)message.get<stun::OtherAddress>();
  (void)message.get<stun::ChangeRequest>();
  (void)message.get<stun::ResponsePort>();
  (void)message.get<stun::Padding>();
  (void)message.get<stun::ErrorCode>();
  (void)message.get<stun::UnknownAttributes>();
  (void)message.get<stun::Username>();
  (void)message.get<stun::Software>();
  (void)message.get<stun::ReturnToken>();
  (void)message.get<stun::SentQuery>();
  (void)message.get<stun::SentCount>();
  (void)message.get<stun::Arrival>();
  (void)message.get<stun::Delay>();
  (void)stun::check_message_integrity(message, net::as_bytes("key"));
  (void)stun::check_message_integrity_sha256(message, net::as_bytes("key"));
}

void expect_decodes_as_said(const hostile::HostileCase& hostile_case, std::size_t offset) {
  const Block block(hostile_case.datagram, offset);
  const auto message = stun::Message::decode(block.view());
  EXPECT_EQ(message.has_value(), hostile_case.decodes) << hostile_case.id << ": " << hostile_case.point;
  if (message) read_everything(*message);
}

TEST(HostileRequests, DecodeOrFailAsSaid_AtEveryAlignment) {
  for (const auto& hostile_case : hostile::hostile_cases()) {
    for (std::size_t offset = 0; offset < 8; ++offset) expect_decodes_as_said(hostile_case, offset);
  }
}

TEST(HostileRequests, GeneratedOnes_DecodeOrFailAsSaid_AtEveryAlignment) {
  std::size_t number = 0;
  for (const auto& hostile_case : hostile::generated_cases()) expect_decodes_as_said(hostile_case, number++ % 8);
}

TEST(HostileRequests, AreComplete) {
  EXPECT_EQ(hostile::hostile_cases().size(), 95U);
  EXPECT_GT(hostile::generated_cases().size(), 5000U);
  std::set<std::string> ids;
  for (const auto& hostile_case : hostile::hostile_cases()) ids.insert(hostile_case.id);
  EXPECT_EQ(ids.size(), 95U);
}

TEST(HostileRequests, WhatFailsToDecodeIsSilent) {
  for (const auto* cases : {&hostile::hostile_cases(), &hostile::generated_cases()}) {
    for (const auto& hostile_case : *cases) {
      if (!hostile_case.decodes) {
        EXPECT_EQ(hostile_case.expected, hostile::Expected::Silent) << hostile_case.id;
      }
    }
  }
}

// The reading of the rules behind generated_cases() is right about the cases that were collected by hand.
TEST(HostileRequests, RulesAgreeWithTheHandmadeTable) {
  for (const auto& by_hand : hostile::hostile_cases()) {
    if (!by_hand.partner_up) continue;
    const auto by_rule = hostile::by_the_rules(by_hand);
    EXPECT_EQ(to_string(by_rule.expected), to_string(by_hand.expected)) << by_hand.id;
    EXPECT_EQ(by_rule.unknown, by_hand.unknown) << by_hand.id;
    EXPECT_EQ(by_rule.decodes, by_hand.decodes) << by_hand.id;
  }
}

// Otherwise the generated cases would prove little.
TEST(HostileRequests, GeneratedOnesDrawEveryReaction) {
  std::set<hostile::Expected> drawn;
  for (const auto& generated : hostile::generated_cases()) drawn.insert(generated.expected);
  EXPECT_EQ(drawn.size(), 11U);  // all but SuccessWithoutOtherAddress, which needs a dead partner
}

TEST(HostileReplies, AreReadWithoutOverread_AtEveryAlignment) {
  net::Random random(5);
  const hostile::Asked asked{.request = net::Bytes(20),
                             .id = stun::TransactionId::random(random),
                             .client = net::endpoint("192.0.2.1:32853"),
                             .reflector = net::endpoint("198.51.100.1:3478"),
                             .third_host = net::endpoint("203.0.113.9:3478")};
  std::set<std::string> classes;
  for (const auto& reply : hostile::hostile_replies()) {
    classes.insert(reply.id.substr(0, 3));
    for (const auto& datagram : reply.build(asked)) {
      for (std::size_t offset = 0; offset < 8; ++offset) {
        const Block block(datagram.payload, offset);
        const auto message = stun::Message::decode(block.view());
        if (message) read_everything(*message);
      }
    }
  }
  EXPECT_EQ(classes.size(), 34U);
}

}  // namespace hostile_test
