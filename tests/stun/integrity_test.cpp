#include "stun/integrity.h"

#include "stun/crypto.h"
#include "stun/message_builder.h"
#include "stun/text_attributes.h"
#include "tests/stun/attribute_checks.h"
#include "tests/stun/raw_message.h"

namespace stun {
void PrintTo(Integrity integrity, std::ostream* out) {
  *out << (integrity == Integrity::Right ? "Right" : integrity == Integrity::Wrong ? "Wrong" : "Absent");
}
}  // namespace stun

namespace integrity_test {

using hostile::attribute;
using hostile::request;
using hostile::zeros;
using stun::Integrity;
using stun::Message;

const net::BytesView key = net::as_bytes("VOkJxbRl1RmTxUk/WvJxBt");
const net::BytesView wrong_key = net::as_bytes("VOkJxbRl1RmTxUk/WvJxBu");

Integrity sha1(const net::Bytes& bytes, net::BytesView with = key) {
  return stun::check_message_integrity(*Message::decode(bytes), with);
}
Integrity sha256(const net::Bytes& bytes, std::size_t least = stun::least_sha256_size, net::BytesView with = key) {
  return stun::check_message_integrity_sha256(*Message::decode(bytes), with, least);
}

net::Bytes message_with(const std::function<void(stun::MessageBuilder&)>& finish) {
  net::Bytes out;
  stun::MessageBuilder builder(out, stun::MessageClass::Request, stun::Method::Binding, stun_test::usual_id());
  builder.add(stun::Username{"evtj:h6vY"});
  finish(builder);
  return out;
}

// ---- MESSAGE-INTEGRITY ---------------------------------------------------------------------------------------------

TEST(MessageIntegrity, IsRightWithTheKey_WhateverFollows) {
  for (const auto& bytes : {
           message_with([](auto& b) { b.add_message_integrity(key); }),
           message_with([](auto& b) { b.add_message_integrity(key).add_fingerprint(); }),
           message_with([](auto& b) { b.add_message_integrity(key).add_message_integrity_sha256(key); }),
           message_with([](auto& b) { b.add_message_integrity(key).add(stun::Software{"behind"}); }),
       }) {
    EXPECT_EQ(sha1(bytes), Integrity::Right);
    EXPECT_EQ(sha1(bytes, wrong_key), Integrity::Wrong);
    EXPECT_EQ(sha1(bytes, {}), Integrity::Wrong);
  }
}

TEST(MessageIntegrity, AbsentIsNotWrong) {
  const net::Bytes bytes = message_with([](auto&) {});
  EXPECT_EQ(sha1(bytes), Integrity::Absent);
  EXPECT_EQ(sha256(bytes), Integrity::Absent);
  EXPECT_TRUE(stun::integrity_well_formed(*Message::decode(bytes)));
}

TEST(MessageIntegrity, OfAnyOtherSize_IsWrongAndMalformed) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const net::Bytes bytes = net::from_hex(request(attribute(0x0008, zeros(size))));
    EXPECT_EQ(sha1(bytes), Integrity::Wrong) << size;
    EXPECT_EQ(stun::integrity_well_formed(*Message::decode(bytes)), size == 20) << size;
  }
}

TEST(MessageIntegrity, EverySingleBitBeforeItsEnd_IsProtected) {
  const net::Bytes right =
      message_with([](auto& b) { b.add_message_integrity(key).add_message_integrity_sha256(key); });
  const std::size_t sha1_end = right.size() - 36;
  std::size_t tried = 0;
  for (std::size_t bit = 0; bit < right.size() * 8; ++bit) {
    net::Bytes flipped = right;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    if (!Message::decode(flipped)) continue;
    ++tried;
    EXPECT_NE(sha256(flipped), Integrity::Right) << bit;
    if (bit < sha1_end * 8) {
      EXPECT_NE(sha1(flipped), Integrity::Right) << bit;
    }
  }
  EXPECT_GT(tried, 700U);
}

// ---- MESSAGE-INTEGRITY-SHA256 --------------------------------------------------------------------------------------

TEST(MessageIntegritySha256, IsRightFullAndTruncated) {
  for (std::size_t size = 16; size <= 32; size += 4) {
    const net::Bytes bytes =
        message_with([size](auto& b) { b.add_message_integrity_sha256(key, size).add_fingerprint(); });
    EXPECT_EQ(sha256(bytes), Integrity::Right) << size;
    EXPECT_EQ(sha256(bytes, 16, wrong_key), Integrity::Wrong) << size;
    EXPECT_EQ(sha256(bytes, 20), size >= 20 ? Integrity::Right : Integrity::Wrong) << size;
    EXPECT_TRUE(stun::integrity_well_formed(*Message::decode(bytes))) << size;
  }
}

TEST(MessageIntegritySha256, OfSizeOutside16To32OrNotAMultipleOf4_IsWrongAndMalformed) {
  for (std::size_t size = 0; size <= 40; ++size) {
    const bool allowed = size >= 16 && size <= 32 && size % 4 == 0;
    const net::Bytes bytes = net::from_hex(request(attribute(0x001C, zeros(size))));
    EXPECT_EQ(sha256(bytes, 0), Integrity::Wrong) << size;
    EXPECT_EQ(stun::integrity_well_formed(*Message::decode(bytes)), allowed) << size;
  }
}

// The first bytes of the right hash under a size that is not allowed.
TEST(MessageIntegritySha256, TooShort_IsWrongEvenWhereItsBytesAreRight) {
  for (const std::size_t size : {4U, 8U, 12U}) {
    EXPECT_EQ(sha256(net::from_hex(hostile::signed_sha256(request(""), net::as_text(key), size)), 0), Integrity::Wrong);
  }
}

// ---- FINGERPRINT ---------------------------------------------------------------------------------------------------

TEST(Fingerprint, EverySingleBitFlip_IsSeen) {
  const net::Bytes right = message_with([](auto& b) { b.add_fingerprint(); });
  ASSERT_TRUE(Message::decode(right));
  for (std::size_t bit = 0; bit < (right.size() - 8) * 8; ++bit) {
    if (bit / 8 >= 4 && bit / 8 < 8) continue;  // without the cookie it is a classic message
    net::Bytes flipped = right;
    flipped[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    EXPECT_FALSE(Message::decode(flipped)) << bit;
  }
}

// ---- hashes --------------------------------------------------------------------------------------------------------

TEST(Crypto, HmacVectors_OfRfc2202And4231) {
  const net::Bytes key_20_0b(20, 0x0B);
  const auto hi = net::as_bytes("Hi There");
  EXPECT_EQ(net::to_hex(stun::hmac_sha1(key_20_0b, hi)), "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(net::to_hex(stun::hmac_sha256(key_20_0b, hi)),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  const auto jefe = net::as_bytes("Jefe");
  const auto what = net::as_bytes("what do ya want for nothing?");
  EXPECT_EQ(net::to_hex(stun::hmac_sha1(jefe, what)), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(net::to_hex(stun::hmac_sha256(jefe, what)),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const net::Bytes long_key(131, 0xAA);
  EXPECT_EQ(
      net::to_hex(stun::hmac_sha256(long_key, net::as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Crypto, EmptyKeyIsAKey_NotTheLastOne) {
  (void)stun::hmac_sha256(net::as_bytes("another"), net::as_bytes("message"));
  EXPECT_EQ(net::to_hex(stun::hmac_sha256({}, {net::BytesView{}})),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Crypto, PiecesHashAsTheWhole) {
  const auto whole = net::as_bytes("what do ya want for nothing?");
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    EXPECT_EQ(stun::hmac_sha1(key, {whole.first(cut), whole.subspan(cut)}), stun::hmac_sha1(key, whole));
    EXPECT_EQ(stun::hmac_sha256(key, {whole.first(cut), whole.subspan(cut)}), stun::hmac_sha256(key, whole));
  }
}

TEST(Crypto, Sha256Vector_OfFips180) {
  EXPECT_EQ(net::to_hex(stun::sha256(net::as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// The SipHash paper's appendix A and its authors' further vectors: key 00 to 0f, messages 00 01 02 and so on.
TEST(Crypto, SipHashVectors) {
  stun::SipKey sip_key{};
  for (std::size_t i = 0; i < sip_key.size(); ++i) sip_key[i] = static_cast<std::uint8_t>(i);
  const net::Bytes message = net::from_hex("000102030405060708090a0b0c0d0e");
  const auto hash_of = [&](std::size_t size) { return stun::sip_hash(sip_key, net::BytesView(message).first(size)); };
  EXPECT_EQ(hash_of(0), 0x726FDB47DD0E0E31U);
  EXPECT_EQ(hash_of(3), 0x85676696D7FB7E2DU);
  EXPECT_EQ(hash_of(8), 0x93F5F5799A932462U);
  EXPECT_EQ(hash_of(15), 0xA129CA6149BE45E5U);
  sip_key[0] = 1;
  EXPECT_NE(hash_of(15), 0xA129CA6149BE45E5U);
}

TEST(Crypto, ConstantTimeEqual_ComparesSizesToo) {
  EXPECT_TRUE(stun::constant_time_equal(net::as_bytes("abc"), net::as_bytes("abc")));
  EXPECT_FALSE(stun::constant_time_equal(net::as_bytes("abc"), net::as_bytes("abd")));
  EXPECT_FALSE(stun::constant_time_equal(net::as_bytes("abc"), net::as_bytes("ab")));
  EXPECT_FALSE(stun::constant_time_equal(net::as_bytes("abc"), {}));
  EXPECT_TRUE(stun::constant_time_equal({}, {}));
}

TEST(Crypto, SecretsDiffer) {
  std::array<std::uint8_t, 32> a{};
  std::array<std::uint8_t, 32> b{};
  stun::fill_with_secret(a);
  stun::fill_with_secret(b);
  EXPECT_NE(a, b);
}

}  // namespace integrity_test
