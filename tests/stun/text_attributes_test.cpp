#include "stun/text_attributes.h"

#include "tests/stun/attribute_checks.h"

namespace text_attributes_test {

using stun_test::expect_vector;

template <typename A>
bool parses(std::size_t size) {
  return A::parse(net::Bytes(size, 'a'), stun_test::usual_id()).has_value();
}

// RFC 8489 sections 14.3, 14.9, 14.10 and 14.14: bytes, least and most.
TEST(TextAttributes, HaveTheirLimits) {
  EXPECT_TRUE(parses<stun::Username>(0) && parses<stun::Username>(508));
  EXPECT_FALSE(parses<stun::Username>(509) || parses<stun::Username>(600));
  EXPECT_TRUE(parses<stun::Software>(0) && parses<stun::Software>(763));
  EXPECT_FALSE(parses<stun::Software>(764));
  EXPECT_TRUE(parses<stun::Realm>(1) && parses<stun::Realm>(763));
  EXPECT_FALSE(parses<stun::Realm>(0) || parses<stun::Realm>(764));
  EXPECT_TRUE(parses<stun::Nonce>(1) && parses<stun::Nonce>(763));
  EXPECT_FALSE(parses<stun::Nonce>(0) || parses<stun::Nonce>(1000));
}

TEST(TextAttributes, AreTheirBytes) {
  expect_vector(stun::Software{"test vector"}, "7465737420766563746f72");
  expect_vector(stun::Username{"evtj:h6vY"}, "6576746a3a68367659");
  expect_vector(stun::Username{"マトリックス"}, "e3839ee38388e383aae38383e382afe382b9");
  expect_vector(stun::Realm{"example.org"}, "6578616d706c652e6f7267");
  expect_vector(stun::Nonce{"f//499k954d6OL34oL9FSTvy64sA"},
                "662f2f3439396b39353464364f4c33346f4c394653547679363473 41");
}

TEST(TextAttributes, KeepBytesThatAreNotUtf8) {
  EXPECT_EQ(stun::Username::parse(net::from_hex("fffec080"), {})->text, "\xff\xfe\xc0\x80");
}

}  // namespace text_attributes_test
