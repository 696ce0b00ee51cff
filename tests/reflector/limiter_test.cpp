#include "reflector/limiter.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>

#include "net/random.h"

namespace reflector {
namespace limiter_test {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

const stun::SipKey key{9, 8, 7};
const net::IpAddress client = net::address("198.51.100.9");
const net::TimePoint start(std::chrono::hours(3));

// How many of `rate` requests a second are answered in full, second by second.
template <typename Admit>
std::vector<unsigned> admitted(const Admit& admit, unsigned per_second, unsigned for_seconds) {
  std::vector<unsigned> out(for_seconds);
  for (unsigned i = 0; i < per_second * for_seconds; ++i) {
    const auto at = start + seconds(1) * i / per_second;
    if (admit(at)) ++out[i / per_second];
  }
  return out;
}

TEST(SourceLimiter, LetsABurstPass_ThenTheRate) {
  for (const bool proven : {false, true}) {
    SourceLimiter limiter(key, 1024, 20);
    const auto seen = admitted([&](auto at) { return limiter.admit(client, proven, at) == Allowance::Full; }, 1000, 10);
    const std::vector<unsigned> unproven_seconds{50, 20, 20, 20, 20, 20, 20, 20, 20, 20};
    const std::vector<unsigned> proven_seconds{400, 200, 200, 200, 200, 200, 200, 200, 200, 200};
    EXPECT_EQ(seen, proven ? proven_seconds : unproven_seconds);
  }
}

TEST(SourceLimiter, AnswersEveryTenthOverTheLimit_Small) {
  SourceLimiter limiter(key, 1024, 20);
  std::array<unsigned, 3> seen{};
  for (int i = 0; i < 1050; ++i) ++seen[static_cast<std::size_t>(limiter.admit(client, false, start))];
  EXPECT_EQ(seen, (std::array<unsigned, 3>{50, 100, 900}));
}

TEST(SourceLimiter, ServesAFloodedSourceAgain_WithinASecondOfTheFloodsEnd) {
  SourceLimiter limiter(key, 1024, 20);
  net::TimePoint now = start;
  for (; now < start + seconds(5); now += microseconds(100)) (void)limiter.admit(client, false, now);
  EXPECT_EQ(limiter.admit(client, false, now + seconds(1)), Allowance::Full);
}

TEST(SourceLimiter, FloodsUnderOtherNames_TakeNothingFromATokenHolder) {
  SourceLimiter limiter(key, 1024, 20);
  for (int i = 0; i < 1000; ++i) (void)limiter.admit(client, false, start);
  EXPECT_EQ(limiter.admit(client, true, start), Allowance::Full);
}

TEST(SourceLimiter, ANetworkHas32TimesTheLimitOfOneSource) {
  SourceLimiter limiter(key, 32'768, 20);
  unsigned full = 0;
  for (std::uint8_t host = 0; host < 255; ++host) {
    for (int i = 0; i < 50; ++i) {
      full += limiter.admit(net::IpAddress::v4({198, 51, 100, host}), false, start) == Allowance::Full ? 1U : 0U;
    }
  }
  EXPECT_EQ(full, 32U * 50U);
  EXPECT_EQ(limiter.admit(net::address("198.51.101.1"), false, start), Allowance::Full);
}

TEST(SourceLimiter, ACapOnAllSources_HoldsForSmallAnswersToo) {
  SourceLimiter limiter(key, 32'768, 20, 100);
  unsigned answered = 0;
  for (std::uint32_t i = 0; i < 50'000; ++i) {
    const auto source = net::IpAddress::v4({198, static_cast<std::uint8_t>(i % 200), 100, 9});
    answered += limiter.admit(source, false, start) == Allowance::None ? 0U : 1U;
  }
  EXPECT_EQ(answered, 100U);
}

TEST(SourceLimiter, AnIpv6Source_IsA64) {
  SourceLimiter limiter(key, 1024, 20);
  net::Random random(1);
  unsigned full = 0;
  for (int i = 0; i < 200; ++i) {
    std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 1};
    random.fill(std::span(bytes).subspan(8));
    full += limiter.admit(net::IpAddress::v6(bytes), false, start) == Allowance::Full ? 1U : 0U;
  }
  EXPECT_EQ(full, 50U);
}

TEST(SourceLimiter, TwoThreadsTakeNoMoreThanOne) {
  SourceLimiter limiter(key, 1024, 20);
  std::atomic<unsigned> full = 0;
  const auto ask = [&] {
    for (int i = 0; i < 100'000; ++i) full += limiter.admit(client, false, start) == Allowance::Full ? 1U : 0U;
  };
  std::thread other(ask);
  ask();
  other.join();
  EXPECT_EQ(full, 50U);
}

// Security of the table: fixed memory, and no source is lost among a million others.
TEST(SourceLimiter, AMillionForgedSources_DoNotHurtAnHonestClient) {
  SourceLimiter limiter(key, 32'768, 20);
  net::Random random(2);
  unsigned answered = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    const net::TimePoint now = start + microseconds(10) * i;  // 100,000 a second
    std::array<std::uint8_t, 4> bytes{};
    random.fill(bytes);
    (void)limiter.admit(net::IpAddress::v4(bytes), false, now);
    if (i % 10'000 == 0) answered += limiter.admit(client, false, now) == Allowance::Full ? 1U : 0U;
  }
  EXPECT_GE(answered, 99U);
}

TEST(DestinationLimiter, TenThousandOrdersForOneVictim_50InTheFirstSecond_20After) {
  DestinationLimiter limiter(key, 1024);
  const auto seen = admitted([&](auto at) { return limiter.admit(client, false, at); }, 1000, 10);
  EXPECT_EQ(seen, (std::vector<unsigned>{50, 20, 20, 20, 20, 20, 20, 20, 20, 20}));
  const auto proven = admitted([&](auto at) { return limiter.admit(client, true, at); }, 1000, 3);
  EXPECT_EQ(proven, (std::vector<unsigned>{400, 200, 200}));
}

}  // namespace limiter_test
}  // namespace reflector
