#include "stun/behavior_attributes.h"

#include "tests/stun/attribute_checks.h"

namespace behavior_attributes_test {

using stun_test::expect_sizes;
using stun_test::expect_vector;

TEST(ChangeRequest, HasTwoFlags) {
  expect_vector(stun::ChangeRequest{}, "00000000");
  expect_vector(stun::ChangeRequest{.change_port = true}, "00000002");
  expect_vector(stun::ChangeRequest{.change_address = true}, "00000004");
  expect_vector(stun::ChangeRequest{.change_address = true, .change_port = true}, "00000006");
  expect_sizes<stun::ChangeRequest>({4});
}

TEST(ChangeRequest, OnlyTwoBitsCount) {
  const stun::ChangeRequest both{.change_address = true, .change_port = true};
  EXPECT_EQ(stun::ChangeRequest::parse(net::from_hex("ffffffff"), {}), both);
  EXPECT_EQ(stun::ChangeRequest::parse(net::from_hex("fffffff9"), {}), stun::ChangeRequest{});
  EXPECT_TRUE(both.any());
  EXPECT_FALSE(stun::ChangeRequest{}.any());
}

TEST(ResponsePort, IsWrittenShort_AndReadEitherWay) {
  expect_vector(stun::ResponsePort{40000}, "9c40");
  expect_sizes<stun::ResponsePort>({2, 4});
  EXPECT_EQ(stun::ResponsePort::parse(net::from_hex("9c400000"), {})->port, 40000);  // as coturn writes it
}

TEST(Padding, IsZerosOfAnySize) {
  expect_vector(stun::Padding{0}, "");
  expect_vector(stun::Padding{5}, "0000000000");
  EXPECT_EQ(stun::Padding::parse(net::from_hex("ffffff"), {})->size, 3);
}

}  // namespace behavior_attributes_test
