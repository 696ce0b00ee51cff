#include "reflector/destination_rule.h"

#include <gtest/gtest.h>

namespace reflector {
namespace destination_rule_test {

DestinationRule rule(const char* own, std::vector<Prefix> allowed = {}) {
  return {.own = net::address(own),
          .refused = {net::address(own), net::address("203.0.113.2"), net::address("2001:db8::2")},
          .allowed = std::move(allowed)};
}

TEST(DestinationRule, AllowsThePublic) {
  EXPECT_TRUE(rule("203.0.113.1").allows(net::address("198.51.100.9")));  // documentation ranges count as public
  EXPECT_TRUE(rule("2001:db8::1").allows(net::address("2001:db8::9")));
}

TEST(DestinationRule, RefusesWhatNobodyMayNameForAnother) {
  for (const char* text : {"0.0.0.0", "127.0.0.1", "169.254.1.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1",
                           "224.0.0.1", "255.255.255.255", "240.0.0.1", "203.0.113.1", "203.0.113.2"}) {
    EXPECT_FALSE(rule("203.0.113.1").allows(net::address(text))) << text;
  }
  for (const char* text :
       {"::", "::1", "fe80::1", "ff02::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "::ffff:203.0.113.1",
        "::ffff:198.51.100.9", "::203.0.113.1", "64:ff9b::cb00:7101", "2001:db8::1", "2001:db8::2"}) {
    EXPECT_FALSE(rule("2001:db8::1").allows(net::address(text))) << text;
  }
}

TEST(DestinationRule, AllowsItsOwnKind_ButNeverOwnAndPartner) {
  EXPECT_TRUE(rule("127.0.0.1").allows(net::address("127.0.0.9")));
  EXPECT_TRUE(rule("10.0.0.1").allows(net::address("192.168.1.9")));
  EXPECT_TRUE(rule("fd00::1").allows(net::address("fd00::9")));
  EXPECT_FALSE(rule("10.0.0.1").allows(net::address("127.0.0.1")));
  EXPECT_FALSE(rule("127.0.0.1").allows(net::address("127.0.0.1")));
  EXPECT_FALSE(rule("::1").allows(net::address("::1")));
}

TEST(DestinationRule, AllowsWhatTheOperatorNames_SaveWhatIsNeverOne) {
  const DestinationRule named = rule("203.0.113.1", {*parse_prefix("10.1.0.0/16"), *parse_prefix("0.0.0.0/0")});
  EXPECT_TRUE(named.allows(net::address("10.1.2.3")));
  EXPECT_FALSE(named.allows(net::address("224.0.0.1")));
  EXPECT_FALSE(named.allows(net::address("203.0.113.2")));
}

TEST(Prefix, ParsesAndContains) {
  struct Row {
    const char* prefix;
    const char* address;
    bool contains;
  };
  for (const Row& row : {Row{"10.0.0.0/8", "10.255.0.1", true}, Row{"10.0.0.0/8", "11.0.0.1", false},
                         Row{"192.168.4.0/22", "192.168.7.255", true}, Row{"192.168.4.0/22", "192.168.8.0", false},
                         Row{"0.0.0.0/0", "1.2.3.4", true}, Row{"0.0.0.0/0", "::1", false},
                         Row{"198.51.100.9", "198.51.100.9", true}, Row{"198.51.100.9", "198.51.100.8", false},
                         Row{"fd00::/8", "fdff::1", true}, Row{"2001:db8::1/128", "2001:db8::1", true}}) {
    EXPECT_EQ(parse_prefix(row.prefix)->contains(net::address(row.address)), row.contains) << row.prefix;
  }
  for (const char* wrong : {"", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0/8", "fd00::/129", "10.0.0.0/8x"}) {
    EXPECT_FALSE(parse_prefix(wrong)) << wrong;
  }
}

}  // namespace destination_rule_test
}  // namespace reflector
