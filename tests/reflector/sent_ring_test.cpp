#include "reflector/sent_ring.h"

#include <gtest/gtest.h>

#include <thread>

namespace reflector {
namespace sent_ring_test {

const net::IpAddress client = net::address("198.51.100.9");

TEST(SentRing, CountsPerSourceRunAndQuestion) {
  SentRing ring({1}, 64);
  const stun::SentQuery label{.run_nonce = 5, .question = 2};
  ring.count_sent(client, label);
  ring.count_sent(client, label);
  ring.count_refused(client, label);
  EXPECT_EQ(ring.count(client, label), (stun::SentCount{2, 1}));
  EXPECT_EQ(ring.count(client, {.run_nonce = 5, .question = 3}), stun::SentCount{});
  EXPECT_EQ(ring.count(client, {.run_nonce = 6, .question = 2}), stun::SentCount{});
  EXPECT_EQ(ring.count(net::address("198.51.100.10"), label), stun::SentCount{});
}

TEST(SentRing, HoldsAsManyAsFewFloodsLeaveIt_AndForgetsTheOldestFirst) {
  SentRing ring({1}, 4);  // a single set
  for (std::uint32_t question = 0; question < 5; ++question) ring.count_sent(client, {1, question});
  EXPECT_EQ(ring.count(client, {1, 0}), stun::SentCount{});
  for (std::uint32_t question = 1; question < 5; ++question) {
    EXPECT_EQ(ring.count(client, {1, question}), (stun::SentCount{1, 0})) << question;
  }
}

TEST(SentRing, CountsStopWhereTheyAreFull_AndLeaveTheOtherAlone) {
  SentRing ring({1}, 64);
  const stun::SentQuery label{.run_nonce = 5, .question = 2};
  for (std::uint32_t i = 0; i < SentRing::most + 10; ++i) ring.count_sent(client, label);
  ring.count_refused(client, label);
  EXPECT_EQ(ring.count(client, label), (stun::SentCount{SentRing::most, 1}));
  for (std::uint32_t i = 0; i < SentRing::most + 10; ++i) ring.count_refused(client, label);
  EXPECT_EQ(ring.count(client, label), (stun::SentCount{SentRing::most, SentRing::most}));
}

TEST(SentRing, TwoThreadsCountTogether) {
  SentRing ring({1}, 65'536);
  const auto count = [&] {
    for (std::uint32_t question = 0; question < 40; ++question) {
      for (int i = 0; i < 500; ++i) ring.count_sent(client, {1, question});
    }
  };
  std::thread other(count);
  count();
  other.join();
  for (std::uint32_t question = 0; question < 40; ++question) {
    EXPECT_EQ(ring.count(client, {1, question}), (stun::SentCount{1000, 0})) << question;
  }
}

TEST(SentRing, OfFullSize_KeepsNearlyAllOfAThousandRuns) {
  SentRing ring({1}, 65'536);
  unsigned kept = 0;
  for (std::uint64_t run = 0; run < 1000; ++run) {
    for (std::uint32_t question = 0; question < 10; ++question) ring.count_sent(client, {run, question});
  }
  for (std::uint64_t run = 0; run < 1000; ++run) {
    for (std::uint32_t question = 0; question < 10; ++question) kept += ring.count(client, {run, question}).sent;
  }
  EXPECT_GE(kept, 9990U);
}

}  // namespace sent_ring_test
}  // namespace reflector
