#include "tests/confusion_table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace confusion_table_test {

TEST(ConfusionTable, CountsAndPrints_TruthByVerdict) {
  tests::ConfusionTable table;
  for (int i = 0; i < 12; ++i) table.add("cone", "cone");
  table.add("cone", "symmetric");
  table.add("symmetric", "symmetric");
  EXPECT_EQ(table.total(), 14U);
  EXPECT_EQ(table.right(), 13U);
  EXPECT_EQ(table.count("symmetric", "cone"), 0U);
  std::ostringstream out;
  out << table;
  EXPECT_EQ(out.str(),
            "truth \\ verdict   cone  symmetric\n"
            "cone                12          1\n"
            "symmetric            .          1\n");
}

}  // namespace confusion_table_test
