// The test vectors of RFC 5769, read from tests/vectors/rfc5769.json.
#include <fstream>
#include <nlohmann/json.hpp>

#include "stun/address_attributes.h"
#include "stun/crypto.h"
#include "stun/integrity.h"
#include "stun/message_builder.h"
#include "stun/text_attributes.h"
#include "tests/stun/attribute_checks.h"

namespace rfc5769_test {

using stun::AttributeType;
using stun::Integrity;
using stun::Message;

const nlohmann::json& document() {
  static const auto parsed = nlohmann::json::parse(std::ifstream(NATSCOPE_VECTORS "/rfc5769.json"));
  return parsed;
}

struct Vector {
  std::string section;
  net::Bytes bytes;
  net::Bytes key;
  bool has_fingerprint = false;
};

const std::vector<Vector>& vectors() {
  static const auto all = [] {
    std::vector<Vector> out;
    for (const auto& v : document().at("vectors")) {
      out.push_back({v.at("section"), net::from_hex(v.at("hex").get<std::string>()),
                     net::from_hex(v.at("integrity_key_hex").get<std::string>()),
                     !v.at("fingerprint_verified").is_null()});
    }
    return out;
  }();
  return all;
}

const Vector& vector(std::string_view section) {
  const auto& all = vectors();
  return *std::find_if(all.begin(), all.end(), [section](const Vector& v) { return v.section == section; });
}

TEST(Rfc5769, AllFourAreThere) { EXPECT_EQ(vectors().size(), 4U); }

TEST(Rfc5769, Decode_WithRightIntegrityAndFingerprint) {
  for (const Vector& v : vectors()) {
    const auto message = Message::decode(v.bytes);
    ASSERT_TRUE(message) << v.section;
    EXPECT_EQ(stun::check_message_integrity(*message, v.key), Integrity::Right) << v.section;
    EXPECT_EQ(message->has(AttributeType::Fingerprint), v.has_fingerprint) << v.section;
  }
}

TEST(Rfc5769, WithAnotherKey_IntegrityIsWrong) {
  for (const Vector& v : vectors()) {
    net::Bytes key = v.key;
    key.back() ^= 1;
    EXPECT_EQ(stun::check_message_integrity(*Message::decode(v.bytes), key), Integrity::Wrong) << v.section;
  }
}

TEST(Rfc5769, EveryTruncation_FailsToDecode) {
  for (const Vector& v : vectors()) {
    for (std::size_t size = 0; size < v.bytes.size(); ++size) {
      EXPECT_FALSE(Message::decode(net::BytesView(v.bytes).first(size))) << v.section << " cut to " << size;
    }
  }
}

TEST(Rfc5769, MappedAddresses) {
  for (const auto& [section, address] : document().at("decoded").items()) {
    const auto message = Message::decode(vector(section).bytes);
    EXPECT_TRUE(message->is(stun::MessageClass::Success, stun::Method::Binding));
    EXPECT_EQ(net::to_string(message->get<stun::XorMappedAddress>()->endpoint), address.get<std::string>());
    EXPECT_EQ(message->get<stun::Software>()->text, "test vector");
  }
}

TEST(Rfc5769, RequestAttributes) {
  const auto message = Message::decode(vector("2.1").bytes);
  EXPECT_TRUE(message->is(stun::MessageClass::Request, stun::Method::Binding));
  EXPECT_EQ(message->id(), stun_test::usual_id());
  EXPECT_EQ(message->get<stun::Software>()->text, "STUN test client");
  EXPECT_EQ(message->get<stun::Username>()->text, "evtj:h6vY");
  EXPECT_EQ(message->attributes().size(), 6U);
}

TEST(Rfc5769, LongTermCredential) {
  const auto& credential = document().at("long_term");
  const auto message = Message::decode(vector("2.4").bytes);
  EXPECT_EQ(message->get<stun::Username>()->text, credential.at("username").get<std::string>());
  EXPECT_EQ(message->get<stun::Realm>()->text, credential.at("realm").get<std::string>());
  EXPECT_EQ(message->get<stun::Nonce>()->text, credential.at("nonce").get<std::string>());
  const auto key =
      stun::long_term_key(credential.at("username").get<std::string>(), credential.at("realm").get<std::string>(),
                          credential.at("password_after_saslprep").get<std::string>());
  EXPECT_EQ(net::to_hex(key), net::to_hex(vector("2.4").key));
}

// Built again from what was decoded. 2.1 to 2.3 pad with blanks where we pad with zeros; 2.4 pads with zeros.
net::Bytes rebuilt(const Vector& v) {
  const auto message = Message::decode(v.bytes);
  net::Bytes out;
  stun::MessageBuilder builder(out, message->message_class(), stun::Method{message->method()}, message->id());
  for (const auto& a : message->attributes()) {
    if (a.type == static_cast<std::uint16_t>(AttributeType::MessageIntegrity)) {
      builder.add_message_integrity(v.key);
    } else if (a.type == static_cast<std::uint16_t>(AttributeType::Fingerprint)) {
      builder.add_fingerprint();
    } else {
      builder.add_raw(a.type, message->value(a));
    }
  }
  return out;
}

TEST(Rfc5769, RebuiltFromItsAttributes_IsTheSame_ByteForByte_WherePaddingIsZero) {
  EXPECT_EQ(net::to_hex(rebuilt(vector("2.4"))), net::to_hex(vector("2.4").bytes));
}

TEST(Rfc5769, RebuiltFromItsAttributes_DiffersOnlyInPaddingAndHashes_WherePaddingIsBlanks) {
  for (const char* section : {"2.1", "2.2", "2.3"}) {
    const Vector& v = vector(section);
    const net::Bytes again = rebuilt(v);
    ASSERT_EQ(again.size(), v.bytes.size()) << section;
    const auto original = Message::decode(v.bytes);
    const auto message = Message::decode(again);
    ASSERT_TRUE(message) << section;
    EXPECT_EQ(stun::check_message_integrity(*message, v.key), Integrity::Right) << section;
    for (std::size_t i = 0; i + 2 < message->attributes().size(); ++i) {  // all but the two hashes
      EXPECT_EQ(net::to_hex(message->value(message->attributes()[i])),
                net::to_hex(original->value(original->attributes()[i])))
          << section;
    }
  }
}

}  // namespace rfc5769_test
