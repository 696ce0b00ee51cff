#include "stun/address_attributes.h"

#include "stun/message_builder.h"
#include "tests/stun/attribute_checks.h"

namespace address_attributes_test {

using stun_test::expect_sizes;
using stun_test::expect_vector;

const auto v4 = net::endpoint("192.0.2.1:32853");
const auto v6 = net::endpoint("[2001:db8:1234:5678:11:2233:4455:6677]:32853");

template <typename A>
class PlainAddress : public testing::Test {};
using PlainAddresses = testing::Types<stun::MappedAddress, stun::SourceAddress, stun::ChangedAddress,
                                      stun::AlternateServer, stun::ResponseOrigin, stun::OtherAddress>;
TYPED_TEST_SUITE(PlainAddress, PlainAddresses);

TYPED_TEST(PlainAddress, LiesThereInPlain_BothFamilies) {
  expect_vector(TypeParam{v4}, "0001 8055 c0000201");
  expect_vector(TypeParam{v6}, "0002 8055 20010db8123456780011223344556677");
  EXPECT_EQ(TypeParam::parse(net::from_hex("0001 8055 c0000201"), {})->endpoint, v4);
}

TYPED_TEST(PlainAddress, HasTheSizeOfItsFamily) {
  expect_sizes<TypeParam>({8}, "0001");
  expect_sizes<TypeParam>({20}, "0002");
}

// RFC 5769 sections 2.2 and 2.3.
TEST(XorMappedAddress, IsHidden_BothFamilies) {
  expect_vector(stun::XorMappedAddress{v4}, "0001 a147 e112a643");
  expect_vector(stun::XorMappedAddress{v6}, "0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9");
  EXPECT_EQ(stun::XorMappedAddress::parse(net::from_hex("0001 a147 e112a643"), stun_test::usual_id())->endpoint, v4);
}

TEST(XorMappedAddress, HasTheSizeOfItsFamily) {
  expect_sizes<stun::XorMappedAddress>({8}, "0001");
  expect_sizes<stun::XorMappedAddress>({20}, "0002");
}

TEST(XorMappedAddress, Ipv6DependsOnTheTransactionId_Ipv4DoesNot) {
  stun::TransactionId other = stun_test::usual_id();
  other.bytes[15] ^= 1;
  const net::Bytes short_value = net::from_hex("0001 a147 e112a643");
  const net::Bytes long_value = net::from_hex("0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9");
  EXPECT_EQ(stun::XorMappedAddress::parse(short_value, other)->endpoint, v4);
  EXPECT_NE(stun::XorMappedAddress::parse(long_value, other)->endpoint, v6);
}

net::Bytes reply_with(std::string_view mapped_value) {
  net::Bytes out;
  stun::MessageBuilder(out, stun::MessageClass::Success, stun::Method::Binding, stun_test::usual_id())
      .add(stun::AttributeType::XorMappedAddress, net::from_hex(mapped_value));
  return out;
}

TEST(XorMappedAddress, OfUnknownFamily_CountsAsAbsent) {
  for (const char* value : {"0000 a147 e112a643", "0003 a147 e112a643", "00ff a147 e112a643", "0003"}) {
    const net::Bytes bytes = reply_with(value);
    const auto message = stun::Message::decode(bytes);
    ASSERT_TRUE(message);
    const auto mapped = message->get<stun::XorMappedAddress>();
    ASSERT_FALSE(mapped) << value;
    EXPECT_EQ(mapped.error(), stun::AttributeError::Absent) << value;
  }
}

TEST(XorMappedAddress, OfWrongSize_IsMalformed) {
  for (const char* value : {"", "00", "0001", "0002 a147 e112a643", "0001 a147 0113a9faa5d3f179bc25f4b5bed2b9d9"}) {
    const net::Bytes bytes = reply_with(value);
    const auto mapped = stun::Message::decode(bytes)->get<stun::XorMappedAddress>();
    ASSERT_FALSE(mapped) << value;
    EXPECT_EQ(mapped.error(), stun::AttributeError::Malformed) << value;
  }
}

TEST(XorMappedAddress, ReservedFirstByteIsIgnored) {
  const net::Bytes bytes = reply_with("ff01 a147 e112a643");
  EXPECT_EQ(stun::Message::decode(bytes)->get<stun::XorMappedAddress>()->endpoint, v4);
}

}  // namespace address_attributes_test
