#include "traversal/check.h"

#include <gtest/gtest.h>

namespace check_test {

using namespace traversal;

const Key key = {1, 2, 3};

stun::TransactionId some_id(std::uint64_t seed) {
  net::Random random(seed);
  return stun::TransactionId::random(random);
}

TEST(CheckMessage, IsExactly64Bytes_CheckAndAnswer_BothFamilies) {
  EXPECT_EQ(encode(Check{some_id(1), 7}, key).size(), 64U);
  EXPECT_EQ(encode(CheckAnswer{some_id(1), net::endpoint("192.0.2.1:4711")}, key).size(), 64U);
  EXPECT_EQ(encode(CheckAnswer{some_id(1), net::endpoint("[2001:db8::1]:4711")}, key).size(), 64U);
}

TEST(CheckMessage, ComesBackAsItWas) {
  const auto check = decode_check(encode(Check{some_id(1), 0xA1B2C3D4E5F60718}, key), key);
  ASSERT_TRUE(check && std::holds_alternative<Check>(*check));
  EXPECT_EQ(std::get<Check>(*check).id, some_id(1));
  EXPECT_EQ(std::get<Check>(*check).attempt, 0xA1B2C3D4E5F60718);
  for (const char* seen : {"192.0.2.1:4711", "[2001:db8::1]:4711"}) {
    const auto answer = decode_check(encode(CheckAnswer{some_id(2), net::endpoint(seen)}, key), key);
    ASSERT_TRUE(answer && std::holds_alternative<CheckAnswer>(*answer));
    EXPECT_EQ(std::get<CheckAnswer>(*answer).id, some_id(2));
    EXPECT_EQ(net::to_string(std::get<CheckAnswer>(*answer).seen), seen);
  }
}

TEST(CheckMessage, EveryFlippedBit_IsRefused) {
  for (const net::Bytes& good :
       {encode(Check{some_id(1), 7}, key), encode(CheckAnswer{some_id(1), net::endpoint("192.0.2.1:4711")}, key),
        encode(CheckAnswer{some_id(1), net::endpoint("[2001:db8::1]:4711")}, key)}) {
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      net::Bytes bad = good;
      bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
      EXPECT_FALSE(decode_check(bad, key)) << "bit " << bit;
    }
  }
}

TEST(CheckMessage, EveryOtherLength_IsRefused) {
  net::Bytes good = encode(Check{some_id(1), 7}, key);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_check(net::BytesView(good).first(size), key)) << size;
  }
  good.push_back(0);
  EXPECT_FALSE(decode_check(good, key));
}

TEST(CheckMessage, AnotherKey_IsRefused) {
  Key other = key;
  other[31] ^= 1;
  EXPECT_FALSE(decode_check(encode(Check{some_id(1), 7}, key), other));
}

}  // namespace check_test
