// What the system says of this host's own interfaces.

#include "net/interfaces.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace interfaces_test {

TEST(Interfaces, TheLoopback_IsThere_WithItsAddress) {
  const auto all = net::interfaces();
  const auto lo = std::find_if(all.begin(), all.end(), [](const net::Interface& one) { return one.name == "lo"; });
  ASSERT_NE(lo, all.end());
  EXPECT_TRUE(lo->up);
  EXPECT_THAT(lo->addresses, testing::Contains(net::address("127.0.0.1")));
}

}  // namespace interfaces_test
