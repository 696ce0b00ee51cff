#include "net/default_gateway.h"

#include <gtest/gtest.h>

namespace default_gateway_test {

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

}  // namespace default_gateway_test
