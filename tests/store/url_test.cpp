#include "store/url.h"

#include <gtest/gtest.h>

namespace url_test {

TEST(StoreUrl, NamesAFileOrAServer) {
  EXPECT_EQ(std::get<store::SqliteFile>(store::parse_url("sqlite:/a b/c.db").value()).file, "/a b/c.db");
  const std::string server = "postgresql://user@host:5433/db";
  EXPECT_EQ(std::get<store::PostgresqlServer>(store::parse_url(server).value()).url, server);
}

TEST(StoreUrl, OfAnotherKind_IsRefused) {
  for (const char* text : {"", "sqlite:", "file.db", "postgres://host/db", "mysql://host/db", "postgresql:/host"}) {
    const auto url = store::parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error(), "'" + std::string(text) + "' is not sqlite:FILE or postgresql://...");
  }
}

TEST(StoreUrl, WithAPassword_IsRefused_AndDoesNotRepeatIt) {
  for (const char* text : {"postgresql://user:hunter2@host/db", "postgresql://host/db?password=hunter2",
                           "postgresql:///db?user=a&password=hunter2"}) {
    const auto url = store::parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().find("hunter2"), std::string::npos);
  }
}

}  // namespace url_test
