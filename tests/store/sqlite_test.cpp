#include "store/sqlite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/programs/program.h"

namespace sqlite_test {

using testing::HasSubstr;

class OneFile : public testing::Test {
 protected:
  programs::TemporaryDirectory files_;
  std::filesystem::path file_ = files_.path() / "a.db";

  std::string why_not(store::Sharing sharing = store::Sharing::Shared) const {
    try {
      store::Sqlite database(file_, sharing);
      database.set_durable();
      return "";
    } catch (const store::Error& error) {
      return error.what();
    }
  }
};

TEST_F(OneFile, OpenedAlone_RefusesTheSecond_UntilItIsClosed) {
  for (int i = 0; i < 20; ++i) {
    {
      store::Sqlite first(file_, store::Sharing::Alone);
      first.set_durable();
      EXPECT_EQ(why_not(store::Sharing::Alone), "database " + file_.string() + ": in use by another process");
    }
    EXPECT_EQ(why_not(store::Sharing::Alone), "");
  }
}

TEST_F(OneFile, Shared_IsWrittenByTwo) {
  store::Sqlite first(file_);
  store::Sqlite second(file_);
  first.set_durable();
  second.set_durable();
  first.run("CREATE TABLE t (x BIGINT)");
  second.run("INSERT INTO t VALUES (1)");
  EXPECT_EQ(first.rows("SELECT x FROM t").size(), 1U);
}

TEST_F(OneFile, OddNames_AreFilesAllTheSame) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(files_.path());
  store::Sqlite(":memory:").run("CREATE TABLE t (x BIGINT)");
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(files_.path() / ":memory:"));
}

TEST_F(OneFile, WhatCannotBeOpened_IsNamed) {
  file_ = "/nonexistent/a.db";
  EXPECT_EQ(why_not(), "database /nonexistent/a.db: unable to open database file");
  file_ = files_.path();
  EXPECT_THAT(why_not(), HasSubstr(file_.string()));
  file_ = files_.file("text", "this is a text and no database, whatever its name says\n");
  EXPECT_EQ(why_not(), "database " + file_.string() + ": file is not a database");
}

TEST_F(OneFile, WithAPartMissing_IsRefused_AndStaysAsItWas) {
  {
    store::Sqlite whole(file_);
    store::Transaction all(whole);
    whole.run("CREATE TABLE t (x TEXT)");
    for (int i = 0; i < 100; ++i) whole.run("INSERT INTO t VALUES ($1)", {std::string(1000, 'x')});
    all.commit();
  }
  const auto size = std::filesystem::file_size(file_);
  for (const std::uintmax_t kept :
       {size - 1, size / 2, std::uintmax_t{4096}, std::uintmax_t{100}, std::uintmax_t{50}}) {
    std::filesystem::resize_file(file_, kept);
    EXPECT_EQ(why_not(), "database " + file_.string() + ": a part of the file is missing") << kept;
    EXPECT_EQ(std::filesystem::file_size(file_), kept);
  }
}

}  // namespace sqlite_test
