#include "stun/message.h"

#include <set>

#include "stun/behavior_attributes.h"
#include "stun/message_builder.h"
#include "stun/text_attributes.h"
#include "tests/stun/attribute_checks.h"
#include "tests/stun/raw_message.h"

namespace message_test {

using hostile::attribute;
using hostile::request;
using hostile::zeros;
using stun::AttributeType;
using stun::Message;
using stun::MessageClass;
using stun::Method;
using stun_test::usual_id;

// ---- header --------------------------------------------------------------------------------------------------------

struct TypeRow {
  MessageClass message_class;
  Method method;
  std::uint16_t type;
};

TEST(MessageType, KnownNumbers) {
  for (const TypeRow& row : {
           TypeRow{MessageClass::Request, Method::Binding, 0x0001},
           {MessageClass::Indication, Method::Binding, 0x0011},
           {MessageClass::Success, Method::Binding, 0x0101},
           {MessageClass::Error, Method::Binding, 0x0111},
           {MessageClass::Request, Method::Signal, 0x3C00},
           {MessageClass::Error, Method::Signal, 0x3D10},
           {MessageClass::Request, Method::Check, 0x3C01},
           {MessageClass::Success, Method::Check, 0x3D01},
           {MessageClass::Request, Method{0xFFF}, 0x3EEF},
           {MessageClass::Error, Method{0xFFF}, 0x3FFF},
       }) {
    EXPECT_EQ(stun::message_type(row.message_class, row.method), row.type);
  }
}

// Class bits lie in the midst of the method's (RFC 8489 section 5): no two of the 16,384 share a number.
TEST(MessageType, EveryClassAndMethod_ComesBack) {
  std::set<std::uint16_t> types;
  for (std::uint16_t method = 0; method <= 0xFFF; ++method) {
    for (const auto message_class :
         {MessageClass::Request, MessageClass::Indication, MessageClass::Success, MessageClass::Error}) {
      net::Bytes bytes;
      stun::MessageBuilder(bytes, message_class, Method{method}, usual_id());
      const auto message = Message::decode(bytes);
      ASSERT_TRUE(message);
      ASSERT_EQ(message->message_class(), message_class);
      ASSERT_EQ(message->method(), method);
      ASSERT_TRUE(message->is(message_class, Method{method}));
      types.insert(net::get_u16(bytes));
    }
  }
  EXPECT_EQ(types.size(), 0x4000U);
  EXPECT_EQ(*types.rbegin(), 0x3FFF);
}

TEST(TransactionId, RandomOnes_CarryTheCookieAndDiffer) {
  net::Random random(7);
  std::set<stun::TransactionId> ids;
  for (int i = 0; i < 1000; ++i) {
    const auto id = stun::TransactionId::random(random);
    ASSERT_FALSE(id.classic());
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000U);
  EXPECT_TRUE(stun::TransactionId{}.classic());
}

// ---- decode --------------------------------------------------------------------------------------------------------

struct BadBytes {
  std::string hex;
  stun::DecodeErrorKind kind;
  std::size_t offset;
};

TEST(Decode, SaysWhatIsWrongAndWhere) {
  using enum stun::DecodeErrorKind;
  const std::string id = hostile::usual_id;
  const std::string sixty_five = hostile::repeated(65, attribute(0xFFFE, ""));
  for (const BadBytes& bad : {
           BadBytes{"", TooShort, 0},
           {"0001 0000 2112a442", TooShort, 8},
           {request(zeros(4080)), TooLong, 4096},
           {"4001 0000" + id, NotStun, 0},
           {"8001 0000" + id, NotStun, 0},
           {"0001 0004" + id, LengthMismatch, 2},
           {"0001 0000" + id + zeros(4), LengthMismatch, 2},
           {"0001 fffc" + id, LengthMismatch, 2},
           {"0001 0003" + id + "010203", LengthUnaligned, 2},
           {request(attribute(0x8022, "") + "8022 0005 61626364"), AttributeOverrun, 24},
           {request("8022 fffd 61626364"), AttributeOverrun, 20},
           {request(sixty_five), TooManyAttributes, 20 + 64 * 4},
           {request(attribute(0x8028, "00000000")), BadFingerprint, 20},
           {request(attribute(0x8022, "") + attribute(0x8028, "")), BadFingerprint, 24},
           {hostile::fingerprinted(request(""), 4) + attribute(0x8022, ""), BadFingerprint, 20},
       }) {
    const net::Bytes bytes = net::from_hex(bad.hex);
    const auto message = Message::decode(bytes);
    ASSERT_FALSE(message) << bad.hex.substr(0, 100);
    EXPECT_EQ(to_string(message.error().kind), to_string(bad.kind)) << bad.hex.substr(0, 100);
    EXPECT_EQ(message.error().offset, bad.offset) << to_string(bad.kind);
  }
}

TEST(Decode, TakesUpToTheLimits) {
  const net::Bytes largest = net::from_hex(request(attribute(0xC0F1, zeros(4072))));
  EXPECT_EQ(largest.size(), stun::max_message_size);
  EXPECT_TRUE(Message::decode(largest));
  const net::Bytes many = net::from_hex(request(hostile::repeated(64, attribute(0xFFFE, ""))));
  EXPECT_EQ(Message::decode(many)->attributes().size(), stun::max_attributes);
}

TEST(Decode, ClassicMessage_HasAn128BitIdAndNoFingerprintRule) {
  const net::Bytes bytes = net::from_hex("0001 0008 000102030405060708090a0b0c0d0e0f 8028 0004 00000000");
  const auto message = Message::decode(bytes);
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->id().classic());
  EXPECT_EQ(net::to_hex(message->id().bytes), "000102030405060708090a0b0c0d0e0f");
}

TEST(Decode, BorrowsTheBytes) {
  const net::Bytes bytes = net::from_hex(request(attribute(0x8022, "616263")));
  const auto message = Message::decode(bytes);
  ASSERT_TRUE(message);
  ASSERT_EQ(message->attributes().size(), 1U);
  const net::BytesView value = message->value(message->attributes()[0]);
  EXPECT_EQ(value.data(), bytes.data() + 24);
  EXPECT_EQ(net::as_text(value), "abc");
}

// ---- which attributes count ----------------------------------------------------------------------------------------

TEST(Find, GivesTheFirstOfAKind) {
  const net::Bytes bytes = net::from_hex(request(attribute(0x0003, "00000002") + attribute(0x0003, "00000006")));
  const auto change = Message::decode(bytes)->get<stun::ChangeRequest>();
  EXPECT_EQ(*change, (stun::ChangeRequest{.change_port = true}));
}

TEST(Find, TellsAbsentFromMalformed) {
  const net::Bytes bytes = net::from_hex(request(attribute(0x0003, "0000")));
  const auto message = Message::decode(bytes);
  EXPECT_EQ(message->get<stun::ChangeRequest>().error(), stun::AttributeError::Malformed);
  EXPECT_EQ(message->get<stun::ResponsePort>().error(), stun::AttributeError::Absent);
}

struct Behind {
  const char* what;
  std::string body;
  bool change_request;
  bool sha256;
  std::size_t considered;
};

// RFC 8489 sections 14.5 and 14.6.
TEST(Find, IgnoresWhatStandsBehindIntegrity) {
  const std::string change = attribute(0x0003, "00000006");
  const std::string sha1 = attribute(0x0008, zeros(20));
  const std::string sha256 = attribute(0x001C, zeros(32));
  for (const Behind& row : {
           Behind{"before", change + sha1, true, false, 2},
           {"behind SHA1", sha1 + change, false, false, 1},
           {"behind SHA256", sha256 + change, false, true, 1},
           {"SHA256 behind SHA1 counts", sha1 + sha256 + change, false, true, 1},
           {"even with something between", sha1 + change + sha256, false, true, 1},
           {"without integrity", change, true, false, 1},
       }) {
    const net::Bytes bytes = net::from_hex(request(row.body));
    const auto message = Message::decode(bytes);
    ASSERT_TRUE(message) << row.what;
    EXPECT_EQ(message->has(AttributeType::ChangeRequest), row.change_request) << row.what;
    EXPECT_EQ(message->has(AttributeType::MessageIntegritySha256), row.sha256) << row.what;
    EXPECT_EQ(message->considered().size(), row.considered) << row.what;
  }
}

TEST(Find, Sha1BehindSha256_IsIgnored) {
  const net::Bytes bytes = net::from_hex(request(attribute(0x001C, zeros(32)) + attribute(0x0008, zeros(20))));
  EXPECT_FALSE(Message::decode(bytes)->has(AttributeType::MessageIntegrity));
}

TEST(Find, FingerprintBehindIntegrity_Counts) {
  const net::Bytes right = net::from_hex(hostile::fingerprinted(hostile::signed_sha1(request(""), "key")));
  EXPECT_TRUE(Message::decode(right)->has(AttributeType::Fingerprint));
  net::Bytes wrong = right;
  wrong.back() ^= 1;
  EXPECT_FALSE(Message::decode(wrong));
}

// ---- builder -------------------------------------------------------------------------------------------------------

TEST(Builder, LengthIsRightAfterEveryCall_AndPaddingIsZero) {
  net::Bytes out(300, 0xEE);  // a used buffer
  stun::MessageBuilder builder(out, MessageClass::Request, Method::Binding, usual_id());
  EXPECT_EQ(net::to_hex(out), net::to_hex(net::from_hex(request(""))));
  builder.add(stun::Software{"abc"});
  EXPECT_EQ(net::to_hex(out), net::to_hex(net::from_hex(request(attribute(0x8022, "616263")))));
  builder.add_raw(0xFFFE, net::as_bytes("x"));
  EXPECT_EQ(net::to_hex(out),
            net::to_hex(net::from_hex(request(attribute(0x8022, "616263") + attribute(0xFFFE, "78")))));
  EXPECT_EQ(builder.size(), out.size());
  EXPECT_TRUE(Message::decode(out));
}

TEST(Builder, IntegrityAndFingerprint_AreThoseOfTheRfc) {
  const auto build = [](net::Bytes& out) {
    return stun::MessageBuilder(out, MessageClass::Request, Method::Binding, usual_id());
  };
  const auto hex = [](const std::string& text) { return net::to_hex(net::from_hex(text)); };
  const net::BytesView key = net::as_bytes("key");
  net::Bytes out;
  build(out).add_fingerprint();
  EXPECT_EQ(net::to_hex(out), hex(hostile::fingerprinted(request(""))));
  build(out).add_message_integrity(key).add_fingerprint();
  EXPECT_EQ(net::to_hex(out), hex(hostile::fingerprinted(hostile::signed_sha1(request(""), "key"))));
  build(out).add_message_integrity_sha256(key);
  EXPECT_EQ(net::to_hex(out), hex(hostile::signed_sha256(request(""), "key")));
  build(out).add_message_integrity_sha256(key, 16);
  EXPECT_EQ(net::to_hex(out), hex(hostile::signed_sha256(request(""), "key", 16)));
}

TEST(Builder, AllocatesNothingOnceGrown) {
  net::Bytes out;
  const std::uint8_t* grown = nullptr;
  for (int i = 0; i < 3; ++i) {
    stun::MessageBuilder(out, MessageClass::Success, Method::Binding, usual_id())
        .add(stun::Padding{100})
        .add_message_integrity(net::as_bytes("key"))
        .add_fingerprint();
    if (i > 0) {
      EXPECT_EQ(out.data(), grown);
    }
    grown = out.data();
  }
}

}  // namespace message_test
