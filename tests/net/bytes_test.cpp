#include "net/bytes.h"

#include <gtest/gtest.h>

namespace bytes_test {

TEST(Bytes, ReadsAndWritesBigEndian) {
  const net::Bytes bytes = net::from_hex("0123456789abcdef");
  EXPECT_EQ(net::get_u16(bytes), 0x0123U);
  EXPECT_EQ(net::get_u32(bytes), 0x01234567U);
  EXPECT_EQ(net::get_u64(bytes), 0x0123456789ABCDEFU);
  net::Bytes out;
  net::append(out, net::u16_bytes(0x0123));
  net::append(out, net::u32_bytes(0x456789AB));
  net::append(out, net::u64_bytes(0xCDEF000000000001));
  EXPECT_EQ(net::to_hex(out), "0123456789abcdef000000000001");
}

TEST(Bytes, ReadsHighBitsWithoutSignExtension) {
  const net::Bytes bytes(8, 0xFF);
  EXPECT_EQ(net::get_u16(bytes), 0xFFFFU);
  EXPECT_EQ(net::get_u32(bytes), 0xFFFFFFFFU);
  EXPECT_EQ(net::get_u64(bytes), 0xFFFFFFFFFFFFFFFFU);
}

TEST(Bytes, Hexadecimal_BothWays) {
  EXPECT_EQ(net::to_hex({}), "");
  EXPECT_TRUE(net::from_hex("").empty());
  EXPECT_EQ(net::from_hex("00 fF\n0A"), (net::Bytes{0x00, 0xFF, 0x0A}));
  net::Bytes all;
  for (int value = 0; value < 256; ++value) all.push_back(static_cast<std::uint8_t>(value));
  EXPECT_EQ(net::from_hex(net::to_hex(all)), all);
}

TEST(Bytes, TextIsTheSameBytes) {
  EXPECT_EQ(net::to_hex(net::as_bytes("az\x80")), "617a80");
  EXPECT_EQ(net::as_text(net::as_bytes("STUN")), "STUN");
  EXPECT_TRUE(net::as_bytes("").empty());
}

TEST(BytesDeathTest, FromHex_TakesOnlyPairsOfDigits) {
#ifndef NDEBUG
  EXPECT_DEATH((void)net::from_hex("0g"), "");
  EXPECT_DEATH((void)net::from_hex("012"), "");
#else
  GTEST_SKIP() << "assertions are off in this build";
#endif
}

}  // namespace bytes_test
