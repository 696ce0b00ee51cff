// What the routing tables say of ways that every machine has.

#include "net/routes.h"

#include <gtest/gtest.h>

namespace routes_test {

// The way to another machine is tried where the test can make one: tests/netns/port_mapping_test.cpp.
TEST(Gateway, TowardsOurselves_IsNone) {
  EXPECT_FALSE(net::gateway_towards(net::address("127.0.0.1")));
  EXPECT_FALSE(net::gateway_towards(net::address("127.0.0.1"), net::address("127.0.0.1")));
  EXPECT_FALSE(net::gateway_towards(net::address("::1")));
}

TEST(Gateway, TowardsNowhere_IsNone) {
  EXPECT_FALSE(
      net::gateway_towards(net::address("192.0.2.1"), net::address("203.0.113.77")));  // an address we have not
}

TEST(Routes, AreOfTheInterfaceNamed) {
  const auto localhost = net::address("127.0.0.1");
  EXPECT_TRUE(net::has_route(localhost));
  EXPECT_TRUE(net::has_route(localhost, "lo", localhost));
  EXPECT_FALSE(net::has_route(net::address("192.0.2.1"), "lo", localhost)) << "not on link just because of the device";
  EXPECT_FALSE(net::has_route(localhost, "nosuch0", localhost));
}

TEST(Routes, SayWhatPacketsLeaveBy) {
  const auto route = net::find_route(net::address("127.0.0.1"));
  ASSERT_TRUE(route);
  EXPECT_EQ(route->interface, "lo");
  EXPECT_EQ(route->source, net::address("127.0.0.1"));
  EXPECT_FALSE(route->gateway);
  const auto bound = net::find_route(net::address("127.0.0.1"), {.source = net::address("127.0.0.2")});
  ASSERT_TRUE(bound);
  EXPECT_EQ(bound->source, net::address("127.0.0.2")) << "as it was bound to";
  EXPECT_FALSE(net::find_route(net::address("192.0.2.1"), {.interface = "lo"}));
}

}  // namespace routes_test
