// Threat row 6 in full: a million forged sources take no memory and nothing from an honest client.
#include <gtest/gtest.h>
#include <malloc.h>

#include <array>

#include "net/random.h"
#include "tests/reflector/client.h"
#include "tests/reflector/open_reflector.h"

namespace reflector {
namespace flood_test {

using std::chrono::microseconds;

// With the tables that the program has, at 100,000 requests a second for ten seconds; the honest client asks ten times
// a second.
TEST(Flood, AMillionForgedSources_TakeNoMemory_AndAnHonestClientIsAnswered) {
  const net::Endpoint primary = net::endpoint("192.0.2.1:3478");
  const net::Endpoint honest = net::endpoint("198.51.100.9:40000");
  OpenReflector reflector(ReflectorConfig{.hosts = {{.listen = primary}}});
  net::Random random(6);
  const net::Bytes bytes = request(1, 0);
  const auto ask = [&](const net::Endpoint& from) { return packets(reflector.receive(primary, from, bytes)).size(); };
  ASSERT_EQ(ask(honest), 1U);

  const std::size_t before = mallinfo2().uordblks;
  std::size_t asked = 0;
  std::size_t answered = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    (void)reflector.pass(microseconds(10));
    std::array<std::uint8_t, 4> source{};
    random.fill(source);
    source[0] = static_cast<std::uint8_t>(source[0] % 120 + 1);
    (void)ask({net::IpAddress::v4(source), static_cast<std::uint16_t>(1024 + random.below(60'000))});
    if (i % 10'000 != 0) continue;
    ++asked;
    answered += ask(honest);
  }
  EXPECT_LE(mallinfo2().uordblks, before + 1024U * 1024U);
  EXPECT_GE(answered * 100, asked * 99);
}

}  // namespace flood_test
}  // namespace reflector
