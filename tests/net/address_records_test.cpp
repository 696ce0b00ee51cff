// DNS responses with AAAA records (RFC 3596), byte by byte.

#include "net/address_records.h"

#include <gmock/gmock.h>

namespace address_records_test {

using net::from_hex;
using net::ipv6_addresses_in;
using testing::ElementsAre;

// A response to "a": header, question, then the answers.
net::Bytes response(const std::string& answers, std::uint8_t count) {
  net::Bytes out = from_hex("1234 8180 0001 0000 0000 0000 01 61 00 001c 0001");
  out[7] = count;
  net::append(out, from_hex(answers));
  return out;
}

const std::string first = "c00c 001c 0001 0000003c 0010 20010db8 00640000 00000000 c00000aa";
const std::string second = "c00c 001c 0001 0000003c 0010 0064ff9b 00000000 00000000 c00000ab";

TEST(AddressRecords, AreKeptInOrder_AndOtherTypesPassedOver) {
  const auto found = ipv6_addresses_in(response(first + "c00c 0005 0001 0000003c 0002 c00c" + second, 3));
  ASSERT_TRUE(found);
  EXPECT_THAT(*found, ElementsAre(net::address("2001:db8:64::192.0.0.170"), net::address("64:ff9b::192.0.0.171")));
}

TEST(AddressRecords, ANameWithoutAny_HasNone) {
  const auto found = ipv6_addresses_in(response("", 0));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->empty());
}

TEST(AddressRecords, WhatIsNoWholeResponse_IsNothing) {
  const net::Bytes whole = response(first, 1);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ipv6_addresses_in(net::BytesView(whole).first(size))) << size;
  }
  EXPECT_FALSE(ipv6_addresses_in(response("c00c 001c 0001 0000003c 0004 c00000aa", 1))) << "four bytes";
}

}  // namespace address_records_test
