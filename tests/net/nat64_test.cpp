// IPv4 in IPv6 (RFC 6052), and the prefix from the answers for ipv4only.arpa (RFC 7050).

#include "net/nat64.h"

#include <gmock/gmock.h>

namespace net_nat64_test {

using net::address;
using net::Nat64Prefix;
using testing::ElementsAre;
using testing::IsEmpty;

// RFC 6052 section 2.4, table 2 and 3.
const std::vector<std::pair<Nat64Prefix, const char*>> examples = {
    {{address("2001:db8::"), 32}, "2001:db8:c000:221::"},
    {{address("2001:db8:100::"), 40}, "2001:db8:1c0:2:21::"},
    {{address("2001:db8:122::"), 48}, "2001:db8:122:c000:2:2100::"},
    {{address("2001:db8:122:300::"), 56}, "2001:db8:122:3c0:0:221::"},
    {{address("2001:db8:122:344::"), 64}, "2001:db8:122:344:c0:2:2100:0"},
    {{address("2001:db8:122:344::"), 96}, "2001:db8:122:344::192.0.2.33"},
    {{address("64:ff9b::"), 96}, "64:ff9b::192.0.2.33"},
};

TEST(Nat64Prefixes, Addresses_ThereAndBack_AsRfc6052HasThem) {
  const auto v4 = address("192.0.2.33");
  for (const auto& [prefix, v6] : examples) {
    EXPECT_EQ(prefix.with(v4), address(v6)) << net::to_string(prefix);
    EXPECT_EQ(prefix.ipv4_in(address(v6)), v4) << net::to_string(prefix);
    EXPECT_EQ(prefix.ipv4_in(v4), std::nullopt);
    EXPECT_EQ(prefix.ipv4_in(address("2001:db9::1")), std::nullopt);
    EXPECT_EQ(net::parse_nat64_prefix(net::to_string(prefix)).value(), prefix);
  }
  EXPECT_EQ(net::well_known_nat64(), examples.back().first);
}

TEST(Nat64Prefixes, Bits64To71_AreZero) {
  for (const auto& [prefix, v6] : examples) {
    if (prefix.length == 96) continue;
    std::array<std::uint8_t, 16> bytes{};
    std::ranges::copy(address(v6).bytes(), bytes.begin());
    bytes[8] = 1;
    EXPECT_EQ(prefix.ipv4_in(net::IpAddress::v6(bytes)), std::nullopt) << net::to_string(prefix);
  }
}

TEST(Nat64Prefixes, WhatIsNone_IsRefusedInWords) {
  const std::pair<const char*, const char*> refused[] = {
      {"192.0.2.0/24", "IPv6"},        {"2001:db8::", "32, 40"},        {"2001:db8::/33", "32, 40"},
      {"2001:db8::/x", "32, 40"},      {"2001:db8:0:1::/48", "beyond"}, {"2001:db8:1::1/96", "beyond"},
      {"2001:db8:0:0:100::/96", "71"}, {"2001:db8::/96 ", "32, 40"},
  };
  for (const auto& [text, why] : refused) {
    const auto prefix = net::parse_nat64_prefix(text);
    ASSERT_FALSE(prefix) << text;
    EXPECT_THAT(prefix.error(), testing::HasSubstr(why)) << text;
  }
}

std::vector<Nat64Prefix> found(std::initializer_list<const char*> texts) {
  std::vector<net::IpAddress> addresses;
  for (const char* text : texts) addresses.push_back(address(text));
  return net::nat64_prefixes_in(addresses);
}

TEST(Nat64Search, EveryLength_IsFoundByEitherAddress) {
  for (const auto& [prefix, v6] : examples) {
    for (const char* v4 : {"192.0.0.170", "192.0.0.171"}) {
      const std::vector answer = {prefix.with(address(v4))};
      EXPECT_THAT(net::nat64_prefixes_in(answer), ElementsAre(prefix)) << net::to_string(prefix) << " " << v4;
    }
  }
}

TEST(Nat64Search, SeveralPrefixes_AreKeptInOrder_EachOnce) {
  EXPECT_THAT(found({"2001:db8:64::192.0.0.171", "64:ff9b::192.0.0.170", "2001:db8:64::192.0.0.170"}),
              ElementsAre(Nat64Prefix{address("2001:db8:64::"), 96}, net::well_known_nat64()));
}

// RFC 7050 section 3: the address must be there once.
TEST(Nat64Search, WhatSaysNothing_IsPassedOver) {
  EXPECT_THAT(found({}), IsEmpty());
  EXPECT_THAT(found({"2001:db8::1"}), IsEmpty()) << "the name has an address of its own";
  EXPECT_THAT(found({"2001:db8:c000:aa::c000:aa"}), IsEmpty()) << "in two places";
  EXPECT_THAT(found({"2001:db8:0:0:1:0:c000:aa"}), ElementsAre(Nat64Prefix{address("2001:db8:0:0:1::"), 96}));
  EXPECT_THAT(found({"2001:db8:0:0:100:0:c000:aa"}), IsEmpty()) << "bits 64 to 71 are not zero";
  EXPECT_THAT(found({"192.0.0.170"}), IsEmpty()) << "no IPv6 address";
}

TEST(Nat64Search, APrefixThatIsNoNat64s_IsNotBelieved) {
  EXPECT_THAT(found({"::ffff:192.0.0.170", "::192.0.0.170", "fe80::192.0.0.170", "ff0e::192.0.0.170"}), IsEmpty());
  EXPECT_THAT(found({"64:ff9b:1::192.0.0.170", "fd00:64::192.0.0.170"}),
              ElementsAre(Nat64Prefix{address("64:ff9b:1::"), 96}, Nat64Prefix{address("fd00:64::"), 96}))
      << "RFC 8215, RFC 4193";
}

}  // namespace net_nat64_test
