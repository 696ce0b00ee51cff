// Every hostile request through passed_over() and respond(), by UDP to the primary and to the alternate port.
#include <gtest/gtest.h>

#include <memory>

#include "tests/reflector/desk.h"
#include "tests/reflector/reaction.h"
#include "tests/stun/hostile_cases.h"

namespace reflector {
namespace hostile_requests_test {

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

Reaction reaction_of(const Exchange& exchange) {
  const Reply& reply = exchange.response.reply;
  return {.reply = exchange.reply,
          .other_address = reply.from.partner_address != reply.arrival.partner_address,
          .other_port = reply.from.alternate_port != reply.arrival.alternate_port};
}

std::size_t plain_reply_size(const Desk& desk) {
  return desk.ask(net::from_hex("0001 0000 2112a442" + std::string(24, '0'))).bytes.size();
}

void expect_right_reaction(Desk& desk, const hostile::HostileCase& hostile_case, std::size_t offset) {
  const Block block(hostile_case.datagram, offset);
  desk.partner_usable = hostile_case.partner_up;
  const Exchange exchange = desk.ask(block.view());
  EXPECT_TRUE(as_it_must_be(reaction_of(exchange), hostile_case, desk.mode))
      << hostile_case.id << ": " << hostile_case.point << "; expected " << to_string(hostile_case.expected) << ", was "
      << to_string(exchange.response.disposition) << ", error " << exchange.error();
  EXPECT_LE(exchange.bytes.size(), std::max(hostile_case.datagram.size(), plain_reply_size(desk))) << hostile_case.id;
  if (!exchange.silent()) {
    EXPECT_EQ(exchange.response.reply.destination().address, desk.arrived.from.address) << hostile_case.id;
  }
}

TEST(HostileRequests, DrawTheReactionEachMustGet_OnEitherPort_AtEveryAlignment) {
  for (const Arrangement arrangement : {Arrangement::Pair, Arrangement::TwoAddresses}) {
    for (const bool alternate : {false, true}) {
      Desk desk(arrangement);
      desk.arrived.role.alternate_port = alternate;
      for (const auto& hostile_case : hostile::hostile_cases()) {
        if (arrangement == Arrangement::TwoAddresses && !hostile_case.partner_up) continue;  // it has no partner
        for (std::size_t offset = 0; offset < 8; ++offset) expect_right_reaction(desk, hostile_case, offset);
      }
    }
  }
}

TEST(HostileRequests, GeneratedOnes_DrawTheReactionOfTheirOracle) {
  for (const bool alternate : {false, true}) {
    Desk desk;
    desk.arrived.role.alternate_port = alternate;
    std::size_t number = 0;
    for (const auto& hostile_case : hostile::generated_cases()) expect_right_reaction(desk, hostile_case, number++ % 8);
  }
}

// In strict mode fewer bytes are there to pay, and changes need a token: every answer stays within the rule.
TEST(HostileRequests, InStrictMode_DrawNoAnswerAboveTheRule) {
  const Desk desk(Arrangement::Pair, Mode::Strict);
  ASSERT_EQ(plain_reply_size(desk), 32U);
  for (const auto* cases : {&hostile::hostile_cases(), &hostile::generated_cases()}) {
    for (const auto& hostile_case : *cases) {
      const Exchange exchange = desk.ask(hostile_case.datagram);
      EXPECT_LE(exchange.bytes.size(), std::max<std::size_t>(hostile_case.datagram.size(), 32)) << hostile_case.id;
      EXPECT_FALSE(exchange.success() && exchange.response.reply.changed()) << hostile_case.id;
    }
  }
}

TEST(HostileRequests, PaddingOfAnySize_AloneOrRepeated_WithAnyChange_NeverPaysOff) {
  for (const Mode mode : {Mode::Compatible, Mode::Strict}) {
    Desk desk(Arrangement::Pair, mode);
    desk.arrived.proven = true;
    const std::size_t plain = plain_reply_size(desk);
    for (std::uint16_t size = 0; size <= 2000; size = static_cast<std::uint16_t>(size + 4)) {
      for (const int times : {1, 20}) {
        for (const unsigned flags : {0U, 2U, 4U, 6U}) {
          net::Random random(1);
          net::Bytes request;
          stun::MessageBuilder builder(request, stun::MessageClass::Request, stun::Method::Binding,
                                       stun::TransactionId::random(random));
          for (int i = 0; i < times; ++i) builder.add(stun::Padding{size});
          if (flags != 0) builder.add(stun::ChangeRequest{(flags & 4U) != 0, (flags & 2U) != 0});
          const Exchange exchange = desk.ask(request);
          ASSERT_LE(exchange.bytes.size(), std::max(request.size(), plain)) << size << " x " << times;
          ASSERT_EQ(exchange.silent(), request.size() > stun::max_message_size);
        }
      }
    }
  }
}

}  // namespace hostile_requests_test
}  // namespace reflector
