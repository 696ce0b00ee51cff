#include "reflector/respond.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/reflector/desk.h"

namespace reflector {
namespace respond_test {

using stun::AttributeType;
using stun::ChangeRequest;

const net::Bytes bare_request = net::from_hex("0001 0000 2112a442 000000000000000000000000");
const net::Bytes classic_request = net::from_hex("0001 0000 b7e7a701bc34d686fa87dfae00112233");

// ---- sizes ---------------------------------------------------------------------------------------------------------

TEST(Respond, BareRequest_DrawsAtMostTheSizeBudget) {
  struct Row {
    Mode mode;
    net::Family family;
    std::size_t size;
  };
  for (const Row& row : {Row{Mode::Compatible, net::Family::V4, 68}, Row{Mode::Compatible, net::Family::V6, 116},
                         Row{Mode::Strict, net::Family::V4, 32}, Row{Mode::Strict, net::Family::V6, 44}}) {
    EXPECT_EQ(Desk(Arrangement::Pair, row.mode, row.family).ask(bare_request).bytes.size(), row.size);
  }
  EXPECT_EQ(Desk(Arrangement::Plain).ask(bare_request).bytes.size(), 56U);
}

TEST(Respond, ExtrasAreGiven_WhenTheRequestHasPaidForThem_NotBefore) {
  struct Row {
    std::size_t size;
    bool count, token, arrival;
  };
  const Desk desk;
  for (const Row& row : {Row{76, false, false, false}, Row{80, true, false, false}, Row{88, true, false, false},
                         Row{92, true, true, false}, Row{108, true, true, false}, Row{112, true, true, true}}) {
    const Exchange exchange = desk.ask_with(row.size, stun::SentQuery{1, 2});
    EXPECT_EQ(exchange.has(AttributeType::SentCount), row.count) << row.size;
    EXPECT_EQ(exchange.has(AttributeType::ReturnToken), row.token) << row.size;
    EXPECT_EQ(exchange.has(AttributeType::Arrival), row.arrival) << row.size;
    EXPECT_LE(exchange.bytes.size(), std::max<std::size_t>(row.size, 68));
  }
  EXPECT_TRUE(desk.ask_with(80).has(AttributeType::ReturnToken));
  EXPECT_FALSE(desk.ask_with(76).has(AttributeType::ReturnToken));
}

TEST(Respond, StrictMode_GivesEachAttributeThatTheRequestHasPaidFor) {
  const Desk desk(Arrangement::Pair, Mode::Strict);
  EXPECT_FALSE(desk.ask_with(40).has(AttributeType::OtherAddress));
  EXPECT_TRUE(desk.ask_with(44).has(AttributeType::OtherAddress));
  EXPECT_TRUE(desk.ask_with(80).has(AttributeType::ReturnToken));
}

TEST(Respond, OverTheLimit_EveryTenthIsAnsweredSmall_AndNothingIsChanged) {
  Desk desk;
  desk.arrived.allowance = Allowance::Small;
  EXPECT_EQ(desk.ask(bare_request).bytes.size(), 32U);
  EXPECT_EQ(desk.ask(classic_request).bytes.size(), 32U);
  EXPECT_EQ(desk.ask_with(200).bytes.size(), 32U);
  EXPECT_TRUE(desk.ask_with(0, ChangeRequest{true, true}).silent());
  desk.arrived.allowance = Allowance::None;
  EXPECT_EQ(desk.ask(bare_request).response.disposition, Disposition::OverLimit);
  EXPECT_TRUE(desk.ask(bare_request).silent());
}

// ---- content -------------------------------------------------------------------------------------------------------

TEST(Respond, PlainReply_SaysWhatRfc5780ClientsLookAt) {
  for (const net::Family family : {net::Family::V4, net::Family::V6}) {
    const Desk desk(Arrangement::Pair, Mode::Compatible, family);
    const Exchange exchange = desk.ask(bare_request);
    ASSERT_TRUE(exchange.success());
    EXPECT_EQ(exchange.reply->get<stun::XorMappedAddress>()->endpoint, desk.arrived.from);
    EXPECT_EQ(exchange.reply->get<stun::MappedAddress>()->endpoint, desk.arrived.from);
    EXPECT_EQ(exchange.reply->get<stun::ResponseOrigin>()->endpoint, desk.topology().endpoint({}));
    EXPECT_EQ(exchange.reply->get<stun::OtherAddress>()->endpoint, desk.topology().endpoint({true, true}));
    EXPECT_FALSE(exchange.has(AttributeType::Software));
  }
}

TEST(Respond, ClassicRequest_GetsWhatRfc3489ClientsLookAt) {
  const Desk desk;
  const Exchange exchange = desk.ask(classic_request);
  ASSERT_TRUE(exchange.success());
  EXPECT_EQ(exchange.reply->id().bytes, stun::Message::decode(classic_request)->id().bytes);
  EXPECT_EQ(exchange.reply->get<stun::MappedAddress>()->endpoint, desk.arrived.from);
  EXPECT_EQ(exchange.reply->get<stun::SourceAddress>()->endpoint, desk.topology().endpoint({}));
  EXPECT_EQ(exchange.reply->get<stun::ChangedAddress>()->endpoint, desk.topology().endpoint({true, true}));
  EXPECT_FALSE(exchange.has(AttributeType::XorMappedAddress));
}

TEST(Respond, ClassicChangeRequest_IsHonoured) {
  net::Bytes request;
  stun::TransactionId id;
  id.bytes.fill(0x55);
  stun::MessageBuilder(request, stun::MessageClass::Request, stun::Method::Binding, id).add(ChangeRequest{true, true});
  const Exchange exchange = Desk(Arrangement::TwoAddresses).ask(request);
  EXPECT_EQ(exchange.response.reply.from, (SocketRole{true, true}));
  EXPECT_EQ(exchange.reply->get<stun::SourceAddress>()->endpoint, Desk().topology().endpoint({true, true}));
}

// RFC 3489 section 11.2.10: old clients want an even count.
TEST(Respond, ClassicRefusal_RepeatsTheTypeItLists) {
  net::Bytes change = net::from_hex("0001 0008 b7e7a701bc34d686fa87dfae00112233 0003 0004 00000006");
  const Exchange exchange = Desk(Arrangement::Plain).ask(change);
  ASSERT_EQ(exchange.error(), 420);
  EXPECT_EQ(exchange.reply->get<stun::UnknownAttributes>()->types, (std::vector<std::uint16_t>{3, 3}));
}

// RFC 5780 table 1: OTHER-ADDRESS is seen from where the request came to, RESPONSE-ORIGIN is the sender.
TEST(Respond, ChangedReplies_NameTheirOriginAndTheOtherAddress) {
  Desk desk(Arrangement::TwoAddresses);
  for (const SocketRole arrival : all_roles) {
    for (const ChangeRequest change : {ChangeRequest{}, {false, true}, {true, false}, {true, true}}) {
      desk.arrived.role = arrival;
      const Exchange exchange = desk.ask_with(0, change);
      ASSERT_TRUE(exchange.success());
      const SocketRole sender = flipped(arrival, change);
      EXPECT_EQ(exchange.response.reply.from, sender);
      EXPECT_EQ(exchange.reply->get<stun::ResponseOrigin>()->endpoint, desk.topology().endpoint(sender));
      EXPECT_EQ(exchange.reply->get<stun::OtherAddress>()->endpoint,
                desk.topology().endpoint(flipped(arrival, {true, true})));
    }
  }
}

TEST(Respond, Arrival_TellsTheFactsOfTheRequest) {
  Desk desk;
  desk.arrived.ttl = 57;
  const Exchange exchange = desk.ask_with(120);
  const auto facts = exchange.reply->get<stun::Arrival>();
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->ttl, 57);
  EXPECT_EQ(facts->length, 120);
  EXPECT_EQ(facts->microseconds, 3'600'000'000U);
  const net::Bytes fill(120 - 24);
  EXPECT_EQ(facts->fill_hash, ::crc32(0, fill.data(), static_cast<uInt>(fill.size())));
}

TEST(Respond, Padding_IsReturnedAsFarAsTheRequestHasPaid) {
  const Exchange exchange = Desk().ask_with(0, stun::Padding{1000});
  EXPECT_EQ(exchange.bytes.size(), 1024U);
  EXPECT_GT(exchange.reply->get<stun::Padding>()->size, 800);
}

// ---- SENT-QUERY ----------------------------------------------------------------------------------------------------

TEST(Respond, SentQueryWithoutChangeRequest_DrawsTheCount_ZeroWhenUnknown) {
  Desk desk;
  const stun::SentQuery query{0xABCD, 3};
  EXPECT_EQ(*desk.ask_with(92, query).reply->get<stun::SentCount>(), (stun::SentCount{0, 0}));
  desk.sent.count_sent(desk.arrived.from.address, query);
  desk.sent.count_refused(desk.arrived.from.address, query);
  desk.sent.count_sent(desk.arrived.from.address, query);
  EXPECT_EQ(*desk.ask_with(92, query).reply->get<stun::SentCount>(), (stun::SentCount{2, 1}));
}

TEST(Respond, SentQueryBesideChangeRequest_IsALabel) {
  const stun::SentQuery label{9, 1};
  for (const ChangeRequest change : {ChangeRequest{}, ChangeRequest{true, true}}) {
    const Exchange exchange = Desk().ask_with(200, change, label);
    EXPECT_EQ(exchange.response.reply.label, label);
    EXPECT_FALSE(exchange.has(AttributeType::SentCount));
  }
  EXPECT_FALSE(Desk().ask_with(200, label).response.reply.label);
}

// ---- what cannot be done -------------------------------------------------------------------------------------------

TEST(Respond, APairWithoutItsPartner_RefusesEveryFlag_AndAnswersFlagsClear) {
  Desk desk(Arrangement::Pair);
  desk.partner_usable = false;
  for (const ChangeRequest change : {ChangeRequest{false, true}, {true, false}, {true, true}}) {
    const Exchange exchange = desk.ask_with(0, change);
    EXPECT_EQ(exchange.error(), 420);
    EXPECT_EQ(exchange.reply->get<stun::UnknownAttributes>()->types, std::vector<std::uint16_t>{0x0003});
    EXPECT_EQ(exchange.response.reply.from, desk.arrived.role);
  }
  const Exchange plain = desk.ask_with(0, ChangeRequest{});
  EXPECT_TRUE(plain.success());
  EXPECT_FALSE(plain.has(AttributeType::OtherAddress));
}

TEST(Respond, APlainReflector_HasNoOtherAddress_AndRefusesFlags) {
  const Desk desk(Arrangement::Plain);
  EXPECT_FALSE(desk.ask(bare_request).has(AttributeType::OtherAddress));
  EXPECT_FALSE(desk.ask(classic_request).has(AttributeType::ChangedAddress));
  EXPECT_EQ(desk.ask_with(0, ChangeRequest{false, true}).error(), 420);
  EXPECT_EQ(desk.ask_with(0, ChangeRequest{true, false}).error(), 420);
}

TEST(Respond, AChangeOverTcp_IsRefused) {
  Desk desk(Arrangement::TwoAddresses);
  desk.arrived.transport = Transport::Tcp;
  EXPECT_EQ(desk.ask_with(0, ChangeRequest{false, true}).error(), 420);
  EXPECT_TRUE(desk.ask_with(0, ChangeRequest{}).success());
  EXPECT_EQ(desk.ask_with(0, stun::ResponsePort{5000}).error(), 420);
}

TEST(Respond, AChangedReplyIsNotSent_WhereNobodyMayAimAnother) {
  Desk desk;
  desk.arrived.from = net::endpoint("10.0.0.7:5000");
  EXPECT_EQ(desk.ask_with(0, ChangeRequest{true, true}).error(), 420);
  EXPECT_TRUE(desk.ask(bare_request).success());  // a plain reply just goes back
}

// ---- RESPONSE-PORT -------------------------------------------------------------------------------------------------

TEST(Respond, ResponsePort_EveryValue_OnlyOwnAddressAndPortsFrom1024) {
  const Desk desk;
  for (unsigned port = 0; port <= 0xFFFF; ++port) {
    const Exchange exchange = desk.ask_with(0, stun::ResponsePort{static_cast<std::uint16_t>(port)});
    ASSERT_EQ(exchange.success(), port >= 1024) << port;
    ASSERT_EQ(exchange.error(), port < 1024 ? 400 : 0);
    const net::Endpoint destination = exchange.response.reply.destination();
    ASSERT_EQ(destination, net::with_port(desk.arrived.from, static_cast<std::uint16_t>(port < 1024 ? 40000 : port)));
  }
}

TEST(Respond, ResponsePort_IsTakenInBothSizes) {
  const net::Bytes four = net::from_hex("0001 0008 2112a442 000000000000000000000000 0027 0004 9c410000");
  EXPECT_EQ(Desk().ask(four).response.reply.reply_port, 0x9c41);
}

// ---- strict mode ---------------------------------------------------------------------------------------------------

TEST(Respond, StrictMode_ChangesNothingWithoutAReturnToken) {
  Desk desk(Arrangement::Pair, Mode::Strict);
  const Exchange refused = desk.ask_with(0, ChangeRequest{true, true});
  EXPECT_EQ(refused.error(), 438);
  EXPECT_LE(refused.bytes.size(), 32U);
  EXPECT_TRUE(desk.ask_with(80, ChangeRequest{true, true}).has(AttributeType::ReturnToken));
  EXPECT_EQ(desk.ask_with(0, stun::ResponsePort{5000}).error(), 400);
  desk.arrived.proven = true;
  EXPECT_TRUE(desk.ask_with(0, ChangeRequest{true, true}).success());
  EXPECT_TRUE(desk.ask_with(0, stun::ResponsePort{5000}).success());
}

TEST(Respond, StrictMode_IsSilentToClassicRequests) {
  EXPECT_EQ(Desk(Arrangement::Pair, Mode::Strict).ask(classic_request).response.disposition,
            Disposition::ClassicRefused);
}

TEST(Respond, ASourceWithPort0_GetsNoAnswer) {
  Desk desk;
  desk.arrived.from.port = 0;
  EXPECT_EQ(desk.ask(bare_request).response.disposition, Disposition::BadSource);
  EXPECT_TRUE(desk.ask(bare_request).silent());
}

}  // namespace respond_test
}  // namespace reflector
