#include "net/log_budget.h"

#include <gtest/gtest.h>

namespace net {
namespace log_budget_test {

using std::chrono::milliseconds;
using std::chrono::seconds;

const TimePoint start{seconds(100)};

TEST(LogBudget, OfEachKind_OneLineASecond_TheNextSaysHowManyWereHeldBack) {
  LogBudget budget;
  EXPECT_EQ(budget.admit("partner", "partner is silent", start), "partner is silent");
  EXPECT_EQ(budget.admit("partner", "partner answers", start + milliseconds(400)), std::nullopt);
  EXPECT_EQ(budget.admit("partner", "partner is silent", start + milliseconds(999)), std::nullopt);
  EXPECT_EQ(budget.admit("key", "keys differ", start + milliseconds(999)), "keys differ");
  EXPECT_EQ(budget.admit("partner", "partner answers", start + seconds(1)), "partner answers (and 2 like it)");
  EXPECT_EQ(budget.admit("partner", "partner is silent", start + seconds(2)), "partner is silent");
}

TEST(LogBudget, AMillionEventsInAMinute_AreSixtyLines) {
  LogBudget budget;
  int lines = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    if (budget.admit("bad packet", "a bad packet", start + std::chrono::microseconds(60) * i)) ++lines;
  }
  EXPECT_EQ(lines, 60);
}

TEST(LogBudget, TheIntervalIsItsOwners) {
  LogBudget budget(seconds(60));
  EXPECT_TRUE(budget.admit("a", "x", start));
  EXPECT_FALSE(budget.admit("a", "x", start + seconds(59)));
  EXPECT_TRUE(budget.admit("a", "x", start + seconds(60)));
}

}  // namespace log_budget_test
}  // namespace net
