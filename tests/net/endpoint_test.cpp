#include "net/endpoint.h"

#include <gtest/gtest.h>

#include <unordered_set>

namespace endpoint_test {

using namespace std::string_view_literals;

struct Spelling {
  std::string_view given;
  std::string_view printed;
};

TEST(Address, Prints_AsRfc5952) {
  for (const auto& [given, printed] : {
           Spelling{"192.0.2.1", "192.0.2.1"},
           {"255.255.255.255", "255.255.255.255"},
           {"2001:DB8::1", "2001:db8::1"},
           {"2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"},
           {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // one group of zeros is not shortened
           {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},           // the longest run is
           {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},     // of equals the first
           {"::", "::"},
           {"::1", "::1"},
           {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
           {"64:ff9b::7f00:1", "64:ff9b::7f00:1"},
       }) {
    const auto parsed = net::parse_address(given);
    ASSERT_TRUE(parsed) << given;
    EXPECT_EQ(net::to_string(*parsed), printed);
  }
}

TEST(Address, RefusesWhatIsNone_NamingIt) {
  for (const auto text : {""sv, "1.2.3"sv, "1.2.3.4.5"sv, "256.0.0.1"sv, "1.2.3.-4"sv, "01.2.3.4"sv, " 1.2.3.4"sv,
                          "1.2.3.4 "sv, "0x7f.1"sv, "127.1"sv, ":::"sv, "1::2::3"sv, "2001:db8"sv, "12345::"sv,
                          "[::1]"sv, "fe80::1%eth0"sv, "example.org"sv, "192.0.2.1\0.evil"sv, "192.0.2.1:80"sv}) {
    const auto parsed = net::parse_address(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().find("is not an IP address"), std::string::npos) << parsed.error();
    EXPECT_NE(parsed.error().find(text), std::string::npos) << parsed.error();
  }
}

TEST(Endpoint, PrintsWhatItParsed_BothFamilies) {
  for (const char* text : {"192.0.2.1:3478", "0.0.0.0:0", "255.255.255.255:65535", "[2001:db8::1]:3478", "[::]:0",
                           "[::ffff:192.0.2.1]:1"}) {
    EXPECT_EQ(net::to_string(net::endpoint(text)), text);
  }
}

TEST(Endpoint, TakesTheDefaultPort_WhereNoneIsGiven) {
  for (const auto& [given, printed] : {
           Spelling{"192.0.2.1", "192.0.2.1:3478"},
           {"192.0.2.1:80", "192.0.2.1:80"},
           {"2001:db8::1", "[2001:db8::1]:3478"},
           {"[2001:db8::1]", "[2001:db8::1]:3478"},
           {"[2001:db8::1]:80", "[2001:db8::1]:80"},
       }) {
    const auto parsed = net::parse_endpoint(given, 3478);
    ASSERT_TRUE(parsed) << given;
    EXPECT_EQ(net::to_string(*parsed), printed);
  }
}

struct Malformed {
  std::string_view text;
  std::string_view complaint;
};

TEST(Endpoint, SaysWhatIsWrong) {
  for (const auto& [text, complaint] : {
           Malformed{"", "names no host"},
           {":3478", "names no host"},
           {"192.0.2.1:", "is not a port"},
           {"192.0.2.1:65536", "'65536' is not a port (0 to 65535)"},
           {"192.0.2.1:99999999999999999999", "is not a port"},
           {"192.0.2.1:-1", "is not a port"},
           {"192.0.2.1:+1", "is not a port"},
           {"192.0.2.1: 1", "is not a port"},
           {"192.0.2.1:1x", "is not a port"},
           {"192.0.2.1:0x10", "is not a port"},
           {"[2001:db8::1", "has no closing bracket"},
           {"[2001:db8::1]3478", "is not HOST[:PORT]"},
           {"[2001:db8::1]:", "is not a port"},
           {"[192.0.2.1]:80", "brackets hold an IPv6 address"},
           {"[]:80", "brackets hold an IPv6 address"},
           {"example.org:3478", "'example.org' is not an IP address"},
           {"2001:db8::g", "is not an IP address"},
       }) {
    const auto parsed = net::parse_endpoint(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().find(complaint), std::string::npos) << text << ": " << parsed.error();
  }
}

TEST(HostAndPort, KeepsNamesAsTheyAre) {
  const auto named = net::parse_host_and_port("stun.example.org:5349", 3478);
  ASSERT_TRUE(named);
  EXPECT_EQ(named->host, "stun.example.org");
  EXPECT_EQ(named->port, 5349);
  EXPECT_EQ(net::parse_host_and_port("stun.example.org", 3478)->port, 3478);
  EXPECT_EQ(net::parse_host_and_port("[2001:db8::1]:9", 3478)->host, "2001:db8::1");
}

TEST(Endpoint, ComparesFamilyAddressAndPort) {
  const auto here = net::endpoint("192.0.2.1:3478");
  EXPECT_EQ(here, net::endpoint("192.0.2.1:3478"));
  EXPECT_NE(here, net::endpoint("192.0.2.1:3479"));
  EXPECT_NE(here, net::endpoint("192.0.2.2:3478"));
  EXPECT_NE(here, net::endpoint("[::ffff:192.0.2.1]:3478"));
  EXPECT_NE(net::IpAddress::any(net::Family::V4), net::IpAddress::any(net::Family::V6));
  EXPECT_EQ(net::with_port(here, 9), net::endpoint("192.0.2.1:9"));
}

TEST(Endpoint, HashesApart) {
  std::unordered_set<std::size_t> hashes;
  for (std::uint16_t port = 1; port <= 1000; ++port) {
    for (const char* host : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
      hashes.insert(std::hash<net::Endpoint>{}({net::address(host), port}));
    }
  }
  EXPECT_GT(hashes.size(), 2990U);
}

TEST(Address, UnspecifiedIsAllZeros) {
  EXPECT_TRUE(net::IpAddress{}.unspecified());
  EXPECT_TRUE(net::address("::").unspecified());
  EXPECT_FALSE(net::address("0.0.0.1").unspecified());
  EXPECT_FALSE(net::address("::1").unspecified());
}

}  // namespace endpoint_test
