// Documents go into their folder and nowhere else.

#include "reports/document_folder.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "reports/document_file.h"
#include "tests/failure.h"
#include "tests/programs/program.h"
#include "tests/reports/hostile_texts.h"

namespace document_folder_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using tests::failure_of;

std::size_t files_below(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::recursive_directory_iterator(folder), fs::recursive_directory_iterator()));
}

class Folder : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(root_); }

  programs::TemporaryDirectory directory_;
  fs::path root_ = directory_.path() / "root";
};

TEST_F(Folder, Document_IsWrittenAndWrittenAgain) {
  const reports::DocumentFolder folder(root_);
  folder.write("0a-1.json", "one");
  folder.write("0a-1.json", "two");
  EXPECT_EQ(reports::read_document(root_ / "0a-1.json"), "two");
  EXPECT_EQ(files_below(root_), 1U);
}

TEST_F(Folder, PathsForNames_AreRefused_AndNothingIsWritten) {
  const reports::DocumentFolder folder(root_);
  std::size_t refused = 0;
  for (const auto name : hostile::paths) {
    const std::string said = failure_of([&] { folder.write(std::string(name), "x"); });
    if (said == tests::nothing_thrown) continue;
    EXPECT_THAT(said, HasSubstr("is no name for a document"));
    ++refused;
  }
  EXPECT_EQ(files_below(directory_.path()), 1 + hostile::paths.size() - refused);  // all others inside
  EXPECT_EQ(files_below(root_), hostile::paths.size() - refused);
  for (const auto& file : fs::directory_iterator(root_)) EXPECT_TRUE(file.is_regular_file());
}

TEST_F(Folder, ALinkInTheDocumentsPlace_IsReplacedAndNotFollowed) {
  const auto outside = directory_.file("outside", "mine");
  fs::create_symlink(outside, root_ / "a.json");
  fs::create_symlink(outside, root_ / "a.json.part");
  reports::DocumentFolder(root_).write("a.json", "theirs");
  EXPECT_EQ(reports::read_document(outside), "mine");
  EXPECT_EQ(reports::read_document(root_ / "a.json"), "theirs");
  EXPECT_FALSE(fs::is_symlink(root_ / "a.json"));
}

TEST_F(Folder, MissingFolder_IsNamed) {
  const std::string none = directory_.path() / "none";
  EXPECT_EQ(failure_of([&] { reports::DocumentFolder folder(none); }),
            "write into " + none + ": No such file or directory");
}

}  // namespace document_folder_test
