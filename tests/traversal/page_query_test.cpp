#include "traversal/page_query.h"

#include <gtest/gtest.h>

namespace traversal::page_query_test {

TEST(PageQuery, SaysWhereToGoOn_AndHowFar) {
  const auto parsed = [](const char* query) {
    const auto page = parse_page_query(query).value();
    return std::pair(page.after, page.limit);
  };
  EXPECT_EQ(parsed(""), std::pair(std::string(), usual_page));
  EXPECT_EQ(parsed("after=host-7.a_b"), std::pair(std::string("host-7.a_b"), usual_page));
  EXPECT_EQ(parsed("limit=1&after=x"), std::pair(std::string("x"), std::size_t{1}));
  EXPECT_EQ(parsed("limit=10000"), std::pair(std::string(), largest_page));
}

TEST(PageQuery, NothingElseIsUnderstood) {
  for (const char* query : {"after=", "after", "after=a%20b", "after=a/b", "limit=0", "limit=10001", "limit=-1",
                            "limit=", "limit=1x", "limit=99999999999999999999", "limit=1&limit=2", "after=a&after=a",
                            "from=3", "&limit=1", "=", "token=secret", "limit=1;after=a"}) {
    EXPECT_FALSE(parse_page_query(query)) << query;
  }
}

}  // namespace traversal::page_query_test
