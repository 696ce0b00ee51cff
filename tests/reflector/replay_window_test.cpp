#include "reflector/replay_window.h"

#include <gtest/gtest.h>

namespace reflector {
namespace replay_window_test {

TEST(ReplayWindow, AcceptsEachNumberOnce_InAnyOrderInside) {  // K03, K04
  ReplayWindow window;
  for (const std::uint64_t sequence : {1U, 2U, 5U, 3U, 4U}) EXPECT_TRUE(window.accept(sequence));
  for (const std::uint64_t sequence : {1U, 2U, 3U, 4U, 5U}) EXPECT_FALSE(window.accept(sequence));
}

TEST(ReplayWindow, HasExactly1024Places) {
  ReplayWindow window;
  ASSERT_TRUE(window.accept(5000));
  EXPECT_FALSE(window.accept(5000 - 1024));
  EXPECT_TRUE(window.accept(5000 - 1023));
  EXPECT_FALSE(window.accept(5000 - 1023));
}

TEST(ReplayWindow, ForgetsOnlyWhatFallsOut_WhenItMoves) {
  ReplayWindow window;
  for (std::uint64_t sequence = 1; sequence <= 3000; ++sequence) ASSERT_TRUE(window.accept(sequence)) << sequence;
  for (std::uint64_t sequence = 1; sequence <= 3000; ++sequence) ASSERT_FALSE(window.accept(sequence)) << sequence;
  ASSERT_TRUE(window.accept(3000 + 1023));
  EXPECT_TRUE(window.accept(3001));
  EXPECT_FALSE(window.accept(3000));
  ASSERT_TRUE(window.accept(1'000'000));
  EXPECT_TRUE(window.accept(999'999));
  EXPECT_TRUE(window.accept(1'000'000 - 1023));
}

}  // namespace replay_window_test
}  // namespace reflector
