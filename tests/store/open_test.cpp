#include "store/open.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/programs/program.h"

namespace open_test {

using testing::HasSubstr;

const store::Schema first_version = {"part", {{"CREATE TABLE natscope_part (x BIGINT)"}}};
const store::Schema second_version = {
    "part", {{"CREATE TABLE natscope_part (x BIGINT)"}, {"ALTER TABLE natscope_part ADD COLUMN y BIGINT DEFAULT 7"}}};

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class AFile : public testing::Test {
 protected:
  programs::TemporaryDirectory files_;
  std::filesystem::path file_ = files_.path() / "a.db";

  std::unique_ptr<store::Database> open(const store::Schema& schema) const {
    return store::open(store::SqliteFile{file_}, schema);
  }
  std::string why_not(const store::Schema& schema) const {
    try {
      (void)open(schema);
      return "";
    } catch (const store::Error& error) {
      return error.what();
    }
  }
};

TEST_F(AFile, IsMadeOnce_AndFoundAgain) {
  open(first_version)->run("INSERT INTO natscope_part VALUES (5)");
  EXPECT_EQ(store::integer(open(first_version)->first("SELECT x FROM natscope_part")->at(0)), 5);
}

TEST_F(AFile, OfAnOlderVersion_IsCopied_ThenBroughtUpToDate) {
  open(first_version)->run("INSERT INTO natscope_part VALUES (5)");
  EXPECT_EQ(store::integer(open(second_version)->first("SELECT y FROM natscope_part")->at(0)), 7);
  file_ += ".part-version-1";
  EXPECT_EQ(store::integer(open(first_version)->first("SELECT x FROM natscope_part")->at(0)), 5);
}

TEST_F(AFile, OfANewerVersion_IsRefused_AndStaysAsItWas) {
  (void)open(second_version);
  const std::string before = content(file_);
  EXPECT_EQ(why_not(first_version),
            "database " + file_.string() + ": its part is of version 2, this program knows up to 1");
  EXPECT_EQ(content(file_), before);
}

TEST_F(AFile, OfAnotherProgram_IsRefused_AndStaysAsItWas) {
  store::Sqlite(file_).run("CREATE TABLE moz_places (x BIGINT)");
  const std::string before = content(file_);
  EXPECT_EQ(why_not(first_version),
            "database " + file_.string() + ": belongs to another program: it has a table moz_places");
  EXPECT_EQ(content(file_), before);
}

TEST_F(AFile, HoldsSeveralParts) {
  (void)open(first_version);
  (void)open({"other", {{"CREATE TABLE natscope_other (x BIGINT)"}}});
  EXPECT_EQ(open(first_version)->tables().size(), 3U);
}

// Thirty files nobody should have given us; none is changed.
TEST_F(AFile, ThatIsNoneOfOurs_IsRefused_AndStaysAsItWas) {
  {
    const auto whole = open(first_version);
    store::Transaction all(*whole);
    for (int i = 0; i < 2000; ++i) whole->run("INSERT INTO natscope_part VALUES ($1)", {std::int64_t{i}});
    all.commit();
  }
  const std::string good = content(file_);
  ASSERT_GT(good.size(), 30'000U);
  for (std::size_t i = 0; i < 30; ++i) {
    std::string bad = good;
    if (i < 10) {
      bad.resize(good.size() * (i + 1) / 11);  // cut
    } else if (i < 20) {
      bad[i - 10] = '#';  // the name of the format is damaged
    } else {
      bad = std::string(1 + 50 * i, static_cast<char>('a' + i));  // of another kind
    }
    file_ = files_.file("bad-" + std::to_string(i), bad);
    EXPECT_THAT(why_not(first_version), HasSubstr(file_.string() + ": ")) << i;
    EXPECT_EQ(content(file_), bad) << i;
  }
}

}  // namespace open_test
