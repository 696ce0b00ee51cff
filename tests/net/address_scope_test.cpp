#include "net/address_scope.h"

#include <gtest/gtest.h>

#include <ostream>

namespace net {
void PrintTo(AddressScope scope, std::ostream* out) { *out << to_string(scope); }
}  // namespace net

namespace address_scope_test {

using enum net::AddressScope;

struct Row {
  const char* address;
  net::AddressScope scope;
};

TEST(AddressScope, Ipv4_EveryPrefixAndItsNeighbours) {
  for (const Row& row : {
           Row{"0.0.0.0", Unspecified},    {"0.255.255.255", Unspecified}, {"1.0.0.0", Public},
           {"9.255.255.255", Public},      {"10.0.0.0", Private},          {"10.255.255.255", Private},
           {"11.0.0.0", Public},           {"100.63.255.255", Public},     {"100.64.0.0", SharedNat},
           {"100.127.255.255", SharedNat}, {"100.128.0.0", Public},        {"126.255.255.255", Public},
           {"127.0.0.0", Loopback},        {"127.255.255.255", Loopback},  {"128.0.0.0", Public},
           {"169.253.255.255", Public},    {"169.254.0.0", LinkLocal},     {"169.254.255.255", LinkLocal},
           {"169.255.0.0", Public},        {"172.15.255.255", Public},     {"172.16.0.0", Private},
           {"172.31.255.255", Private},    {"172.32.0.0", Public},         {"192.167.255.255", Public},
           {"192.168.0.0", Private},       {"192.168.255.255", Private},   {"192.169.0.0", Public},
           {"223.255.255.255", Public},    {"224.0.0.0", Multicast},       {"239.255.255.255", Multicast},
           {"240.0.0.0", Broadcast},       {"255.255.255.255", Broadcast},
       }) {
    EXPECT_EQ(net::scope(net::address(row.address)), row.scope) << row.address;
  }
}

TEST(AddressScope, Ipv6_EveryPrefixAndItsNeighbours) {
  for (const Row& row : {
           Row{"::", Unspecified},
           {"::1", Loopback},
           {"2000::", Public},
           {"2001:db8::1", Public},
           {"fbff:ffff::", Public},
           {"fc00::", Private},
           {"fdff:ffff::1", Private},
           {"fe00::1", Public},
           {"fe7f:ffff::1", Public},
           {"fe80::", LinkLocal},
           {"febf:ffff::1", LinkLocal},
           {"fec0::1", Private},
           {"feff:ffff::1", Private},
           {"ff00::", Multicast},
           {"ff02::1", Multicast},
           {"1::", Public},
       }) {
    EXPECT_EQ(net::scope(net::address(row.address)), row.scope) << row.address;
  }
}

TEST(AddressScope, Ipv4InsideIpv6_HasTheInnerScope) {
  for (const Row& row : {
           Row{"::ffff:127.0.0.1", Loopback},
           {"::ffff:10.1.2.3", Private},
           {"::ffff:0.0.0.0", Unspecified},
           {"::ffff:192.0.2.1", Public},
           {"::ffff:255.255.255.255", Broadcast},
           {"::ffff:0:127.0.0.1", Loopback},
           {"::127.0.0.1", Loopback},
           {"::192.168.1.1", Private},
           {"::2", Unspecified},
           {"64:ff9b::7f00:1", Loopback},
           {"64:ff9b::e000:1", Multicast},
           {"64:ff9b::192.0.2.1", Public},
           {"64:ff9b:0:0:0:1:7f00:1", Public},  // outside the /96
           {"2002:7f00:1::1", Loopback},
           {"2002:a00:1::1", Private},
           {"2002:c000:201::1", Public},
       }) {
    EXPECT_EQ(net::scope(net::address(row.address)), row.scope) << row.address;
  }
}

TEST(AddressScope, DocumentationAndBenchmarkRangesArePublic) {
  for (const char* address : {"192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "2001:db8::1", "2001:2::1"}) {
    EXPECT_EQ(net::scope(net::address(address)), Public) << address;
  }
}

TEST(AddressScope, NeverADestination) {
  for (const auto scope : {Unspecified, LinkLocal, Multicast, Broadcast}) EXPECT_TRUE(net::never_a_destination(scope));
  for (const auto scope : {Loopback, Private, SharedNat, Public}) EXPECT_FALSE(net::never_a_destination(scope));
}

TEST(AddressScope, HasAWordEach) {
  EXPECT_EQ(net::to_string(Unspecified), "unspecified");
  EXPECT_EQ(net::to_string(Loopback), "loopback");
  EXPECT_EQ(net::to_string(LinkLocal), "link-local");
  EXPECT_EQ(net::to_string(Private), "private");
  EXPECT_EQ(net::to_string(SharedNat), "shared");
  EXPECT_EQ(net::to_string(Multicast), "multicast");
  EXPECT_EQ(net::to_string(Broadcast), "broadcast");
  EXPECT_EQ(net::to_string(Public), "public");
}

struct Word {
  const char* candidate;
  const char* asker;
  bool reachable;
};

TEST(ReachableOnWordOf, PublicOrTheAskersOwnScope) {
  for (const Word& row : {
           Word{"198.51.100.2", "198.51.100.1", true},
           {"198.51.100.2", "10.0.0.1", true},
           {"10.0.0.2", "10.0.0.1", true},
           {"192.168.1.1", "10.0.0.1", true},
           {"10.0.0.2", "198.51.100.1", false},
           {"127.0.0.2", "127.0.0.1", true},
           {"127.0.0.1", "198.51.100.1", false},
           {"127.0.0.1", "10.0.0.1", false},
           {"100.64.0.2", "100.64.0.1", true},
           {"100.64.0.2", "10.0.0.1", false},
           {"169.254.1.1", "169.254.1.2", false},
           {"224.0.0.1", "224.0.0.2", false},
           {"255.255.255.255", "255.255.255.255", false},
           {"0.0.0.0", "0.0.0.0", false},
           {"::ffff:127.0.0.1", "2001:db8::1", false},
           {"64:ff9b::7f00:1", "2001:db8::1", false},
           {"fd00::2", "fd00::1", true},
           {"fe80::2", "fe80::1", false},
       }) {
    EXPECT_EQ(net::reachable_on_word_of(net::address(row.candidate), net::address(row.asker)), row.reachable)
        << row.candidate << " on the word of " << row.asker;
  }
}

}  // namespace address_scope_test
