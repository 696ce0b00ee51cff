// As many hosts as a rendezvous takes, and one more. In memory.

#include <gtest/gtest.h>
#include <malloc.h>

#include <chrono>
#include <cstdio>

#include "direct.h"

namespace crowd_test {

using namespace traversal;
using namespace std::chrono_literals;

constexpr double mib = 1 << 20;

double heap_mib() { return static_cast<double>(mallinfo2().uordblks + mallinfo2().hblkhd) / mib; }

net::Endpoint address_of(std::uint32_t host) {
  const auto bytes = net::u32_bytes((10U << 24U) + host);
  return {net::IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]}), 4000};
}

Register registration(std::uint32_t host) {
  Id session{};
  session[0] = 1;
  return {"host-" + std::to_string(host), session, *net::parse_short("EIM/APDF"), address_of(host)};
}

TEST(Crowd, AHundredThousandHosts_FitInto400MiB_TheNextIsRefused_AndPagesStayQuick) {
  tests::Direct direct;
  const double before = heap_mib();
  for (std::uint32_t host = 0; host < most_hosts; ++host) {
    ASSERT_TRUE(direct.ask(address_of(host), registration(host))) << host;
  }
  const double used = heap_mib() - before;
  std::printf("100,000 hosts: %.0f MiB\n", used);
  EXPECT_LT(used, 400);
  const auto refused = direct.ask(address_of(most_hosts), registration(most_hosts));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Full);
  EXPECT_EQ(refused.error().reason, "too many hosts");
  for (const std::uint64_t from : {0U, 50'000U, 99'990U}) {
    const auto start = std::chrono::steady_clock::now();
    const auto page = direct.ask(address_of(0), ListRequest{from});
    EXPECT_LT(std::chrono::steady_clock::now() - start, 1s);
    ASSERT_TRUE(page);
    EXPECT_EQ(std::get<HostPage>(*page).total, most_hosts);
    EXPECT_FALSE(std::get<HostPage>(*page).names.empty());
  }
}

}  // namespace crowd_test
