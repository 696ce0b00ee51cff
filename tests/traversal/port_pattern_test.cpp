#include "traversal/port_pattern.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace port_pattern_test {

using namespace traversal;

std::vector<unsigned> ports_of(const std::vector<net::Endpoint>& endpoints) {
  std::vector<unsigned> ports;
  for (const net::Endpoint& endpoint : endpoints) ports.push_back(endpoint.port);
  return ports;
}

struct FollowingRow {
  const char* seen;
  PortPattern pattern;
  std::vector<unsigned> next;
};

TEST(PortPattern, TheNextPorts_AreWholeStepsOn_RoundTheRange) {
  const std::vector<FollowingRow> rows = {
      {"192.0.2.1:40000", {}, {40001, 40002, 40003}},
      {"192.0.2.1:40000", {.step = 7}, {40007, 40014, 40021}},
      {"192.0.2.1:40000", {.step = -2}, {39998, 39996, 39994}},
      {"192.0.2.1:65534", {}, {65535, 1024, 1025}},
      {"192.0.2.1:1024", {.step = -1}, {65535, 65534, 65533}},
      {"192.0.2.1:5058", {}, {5059, 5061}},
      {"192.0.2.1:2047", {.range = PortRange{1024, 2047}}, {1024, 1025, 1026}},
  };
  for (const auto& [seen, pattern, next] : rows) {
    EXPECT_EQ(ports_of(following(net::endpoint(seen), pattern, 3)), next) << seen;
  }
}

TEST(PortPattern, DrawnPorts_AreDifferent_WithinTheRange_AndNeverAService) {
  net::Random random(1);
  const auto drawn = drawn_ports({}, 100'000, random);
  EXPECT_EQ(drawn.size(), 64512U - 7);
  EXPECT_EQ(std::set<unsigned>(drawn.begin(), drawn.end()).size(), drawn.size());
  for (const unsigned port : drawn) EXPECT_TRUE(may_be_guessed(port));
  for (const unsigned port : {0U, 80U, 1023U, 1900U, 3478U, 5060U, 11211U, 25565U, 27015U, 51820U, 65536U}) {
    EXPECT_FALSE(may_be_guessed(port)) << port;
  }
  const auto block = drawn_ports({.range = PortRange{33792, 35839}}, 1024, random);
  EXPECT_EQ(block.size(), 1024U);
  EXPECT_GE(*std::min_element(block.begin(), block.end()), 33792U);
  EXPECT_LE(*std::max_element(block.begin(), block.end()), 35839U);
  EXPECT_TRUE(drawn_ports({.range = PortRange{1, 1000}}, 5, random).empty()) << "nothing below 1024, whoever says so";
}

}  // namespace port_pattern_test
