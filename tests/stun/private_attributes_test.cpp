#include "stun/private_attributes.h"

#include "tests/stun/attribute_checks.h"

namespace private_attributes_test {

using stun_test::expect_sizes;
using stun_test::expect_vector;

TEST(PrivateAttributes, HaveTheirLayout) {
  expect_vector(stun::ReturnToken{{1, 2, 3, 4, 5, 6, 7, 8}}, "0102030405060708");
  expect_vector(stun::Fill{6}, "000000000000");
  expect_vector(stun::SentQuery{.run_nonce = 0x0102030405060708, .question = 0x090A0B0C}, "0102030405060708 090a0b0c");
  expect_vector(stun::SentCount{.sent = 6, .refused = 1}, "00000006 00000001");
  expect_vector(stun::Arrival{.ttl = 64, .length = 0x0102, .microseconds = 0x0304050607080900, .fill_hash = 0xA0B0C0D0},
                "40 00 0102 0304050607080900 a0b0c0d0");
  expect_vector(stun::Delay{900}, "00000384");
  expect_vector(stun::Signal{R"({"a":1})"}, "7b2261223a317d");
  expect_vector(stun::AttemptId{0x1122334455667788}, "1122334455667788");
}

TEST(PrivateAttributes, HaveTheirSize) {
  expect_sizes<stun::ReturnToken>({8});
  expect_sizes<stun::SentQuery>({12});
  expect_sizes<stun::SentCount>({8});
  expect_sizes<stun::Arrival>({16});
  expect_sizes<stun::Delay>({4});
  expect_sizes<stun::AttemptId>({8});
}

TEST(PrivateAttributes, ParseFieldByField) {
  const auto query = stun::SentQuery::parse(net::from_hex("0102030405060708 090a0b0c"), {});
  EXPECT_EQ(query, (stun::SentQuery{0x0102030405060708, 0x090A0B0C}));
  const auto arrival = stun::Arrival::parse(net::from_hex("40 ff 0102 0304050607080900 a0b0c0d0"), {});
  ASSERT_TRUE(arrival);
  EXPECT_EQ(arrival->ttl, 64);
  EXPECT_EQ(arrival->length, 0x0102);
  EXPECT_EQ(arrival->microseconds, 0x0304050607080900U);
  EXPECT_EQ(arrival->fill_hash, 0xA0B0C0D0U);
  EXPECT_EQ(stun::Fill::parse(net::Bytes(40, 1), {})->size, 40);
}

}  // namespace private_attributes_test
