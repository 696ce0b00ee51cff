#include "net/endpoint.h"

#include <gtest/gtest.h>

namespace {

TEST(Endpoint, ParsesAndPrints_BothFamilies) {
  for (const char* text : {"192.0.2.1:3478", "[2001:db8::1]:3478"}) {
    EXPECT_EQ(net::to_string(net::endpoint(text)), text);
  }
}

}  // namespace
