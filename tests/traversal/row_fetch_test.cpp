// The rows of a matrix, fetched in parts: all of them, in their order, whatever the pages hold and however they arrive.

#include "traversal/row_fetch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace row_fetch_test {

using namespace traversal;

MatrixRow row(std::uint64_t index) { return Host{.name = std::to_string(index)}; }

// `most` rows from `from` on, of `total`.
Rows page(std::uint64_t from, std::uint64_t most, std::uint64_t total) {
  Rows out{.total = total};
  for (std::uint64_t i = from; i < std::min(from + most, total); ++i) out.rows.push_back(row(i));
  return out;
}

std::vector<std::string> names(const std::vector<MatrixRow>& rows) {
  std::vector<std::string> out;
  for (const MatrixRow& each : rows) out.push_back(std::get<Host>(each).name);
  return out;
}

std::vector<std::string> all_names(std::uint64_t total) {
  std::vector<std::string> out;
  for (std::uint64_t i = 0; i < total; ++i) out.push_back(std::to_string(i));
  return out;
}

class EveryTotal : public testing::TestWithParam<std::uint64_t> {};

TEST_P(EveryTotal, IsFetchedWhole_InOrder) {
  const std::uint64_t total = GetParam();
  std::mt19937 random(static_cast<unsigned>(total));
  RowFetch fetch;
  std::vector<std::uint64_t> asked{first_row};
  std::size_t most_at_once = 0;
  while (!asked.empty()) {
    most_at_once = std::max(most_at_once, asked.size());
    std::shuffle(asked.begin(), asked.end(), random);
    const std::uint64_t from = asked.back();
    asked.pop_back();
    const Rows answer = page(from, 1 + random() % 9, total);
    const auto next = fetch.take(from, answer);
    EXPECT_TRUE(fetch.take(from, answer).empty()) << "the same answer once more";
    asked.insert(asked.end(), next.begin(), next.end());
  }
  EXPECT_TRUE(fetch.complete());
  EXPECT_FALSE(fetch.broken());
  EXPECT_EQ(names(fetch.rows()), all_names(total));
  EXPECT_LE(most_at_once, 16U);
  EXPECT_EQ(most_at_once == 16U, total >= 100) << "as many as there may be, where there is enough to ask for";
}

INSTANTIATE_TEST_SUITE_P(Totals, EveryTotal, testing::Values(1, 2, 9, 10, 16, 17, 100, 1000, 4711));

TEST(RowFetch, APageWithoutRows_OrOfTooManyInAll_BreaksIt) {
  RowFetch nothing;
  EXPECT_TRUE(nothing.take(first_row, Rows{.rows = {}, .total = 5}).empty());
  EXPECT_TRUE(nothing.broken());
  RowFetch endless;
  EXPECT_TRUE(endless.take(first_row, page(0, 3, 20'000'000)).empty());
  EXPECT_TRUE(endless.broken());
  RowFetch ends_early;
  const auto next = ends_early.take(first_row, page(0, 3, 100));
  ASSERT_FALSE(next.empty());
  EXPECT_TRUE(ends_early.take(next.front(), Rows{.rows = {}, .total = 100}).empty());
  EXPECT_TRUE(ends_early.broken());
  EXPECT_FALSE(ends_early.complete());
}

}  // namespace row_fetch_test
