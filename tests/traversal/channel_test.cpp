#include "traversal/commands/channel.h"

#include <gtest/gtest.h>

#include "net/cannot_work.h"

namespace channel_test {

using traversal::Spoken;
using traversal::Transport;

std::string told(const Spoken& over_udp, const Spoken& over_tcp) {
  try {
    traversal::speak(false, [&](Transport transport) { return transport == Transport::Udp ? over_udp : over_tcp; });
  } catch (const net::CannotWork& failure) {
    return failure.what();
  }
  return "";
}

TEST(Speak, TellsOfBothTransports_UnlessOneBroughtAnAnswer) {
  const Spoken silent{.failure = "r: no answer", .unheard = true};
  const Spoken refused{.failure = "r: refused", .answered = true};
  const Spoken unconnected{.failure = "connect r: refused"};
  EXPECT_EQ(told({}, refused), "");
  EXPECT_EQ(told(refused, silent), "r: refused");
  EXPECT_EQ(told(silent, {}), "");
  EXPECT_EQ(told(silent, refused), "r: refused");
  EXPECT_EQ(told(silent, unconnected), "r: no answer over UDP; over TCP: connect r: refused");
}

}  // namespace channel_test
