// The same statements on SQLite and on PostgreSQL.

#include <gtest/gtest.h>

#include "postgresql_server.h"
#include "store/open.h"
#include "tests/require.h"

namespace statements_test {

const store::Schema schema = {"test",
                              {{"CREATE TABLE natscope_test (id BIGINT PRIMARY KEY, word TEXT, part DOUBLE PRECISION)",
                                "CREATE INDEX natscope_test_word ON natscope_test (word)"}}};

class OnBoth : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (GetParam() == std::string("postgresql")) {
      if (!server_) server_ = std::make_unique<tests::PostgresqlServer>();
      if (server_->trouble()) NATSCOPE_SKIP("database", *server_->trouble());
      url_ = store::PostgresqlServer{server_->url()};
    } else {
      url_ = store::SqliteFile{files_.path() / "a.db"};
    }
    database_ = store::open(url_, schema);
  }
  void TearDown() override {  // one server serves all tests
    if (!database_) return;
    database_->run("DROP TABLE natscope_test");
    database_->run("DROP TABLE natscope_schema");
  }
  static void TearDownTestSuite() { server_.reset(); }

  programs::TemporaryDirectory files_;
  inline static std::unique_ptr<tests::PostgresqlServer> server_;
  store::Url url_;
  std::unique_ptr<store::Database> database_;
};

TEST_P(OnBoth, ValuesComeBackAsTheyWent) {
  const std::string hostile = "'; DROP TABLE natscope_test; -- \"\\ \xE2\x98\x83 $1";
  database_->run("INSERT INTO natscope_test (id, word, part) VALUES ($1, $2, $3)", {std::int64_t{-5}, hostile, 0.1});
  database_->run("INSERT INTO natscope_test (id) VALUES ($1)", {std::int64_t{6}});
  const auto rows = database_->rows("SELECT id, word, part FROM natscope_test ORDER BY id");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], (store::Row{std::int64_t{-5}, hostile, 0.1}));
  EXPECT_EQ(rows[1], (store::Row{std::int64_t{6}, std::monostate{}, std::monostate{}}));
  EXPECT_EQ(store::text(rows[1][1]), "");
}

TEST_P(OnBoth, ATransaction_IsAllOrNothing) {
  {
    store::Transaction undone(*database_);
    database_->run("INSERT INTO natscope_test (id) VALUES (1)");
  }
  {
    store::Transaction failing(*database_);
    database_->run("INSERT INTO natscope_test (id) VALUES (2)");
    EXPECT_THROW(database_->run("INSERT INTO natscope_test (id) VALUES (2)"), store::Error);
  }
  EXPECT_TRUE(database_->rows("SELECT id FROM natscope_test").empty());
  store::Transaction done(*database_);
  database_->run("INSERT INTO natscope_test (id) VALUES (3)");
  done.commit();
  EXPECT_EQ(database_->rows("SELECT id FROM natscope_test").size(), 1U);
}

TEST_P(OnBoth, ChangedRowsAreCounted_AndConflictsAreNoErrors) {
  for (std::int64_t id = 0; id < 10; ++id) {
    database_->run("INSERT INTO natscope_test (id) VALUES ($1) ON CONFLICT DO NOTHING", {id / 2});
    EXPECT_EQ(database_->changed(), id % 2 == 0 ? 1U : 0U);
  }
  database_->run("UPDATE natscope_test SET word = 'x' WHERE id < $1", {std::int64_t{3}});
  EXPECT_EQ(database_->changed(), 3U);
  EXPECT_EQ(database_->rows("UPDATE natscope_test SET word = 'y' WHERE id = 0 RETURNING word").at(0).at(0),
            store::Value("y"));
}

TEST_P(OnBoth, AnErrorNamesTheDatabase_AndTheNextStatementWorks) {
  try {
    database_->run("SELECT nonsense FROM natscope_test");
    FAIL();
  } catch (const store::Error& error) {
    EXPECT_EQ(std::string(error.what()).find(database_->name() + ": "), 0U) << error.what();
  }
  EXPECT_TRUE(database_->rows("SELECT id FROM natscope_test").empty());
}

TEST_P(OnBoth, TheTablesAreMadeOnce) {
  database_->run("INSERT INTO natscope_test (id) VALUES (1)");
  EXPECT_EQ(store::open(url_, schema)->rows("SELECT id FROM natscope_test").size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Database, OnBoth, testing::Values("sqlite", "postgresql"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace statements_test
