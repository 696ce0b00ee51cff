// Writing is all or nothing: whatever fails, the old document is whole and no half file is left.

#include "reports/document_file.h"

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "tests/failure.h"
#include "tests/programs/program.h"

namespace document_file_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;
using tests::failure_of;

class DocumentFile : public testing::Test {
 protected:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  programs::TemporaryDirectory directory_;
  const fs::path& folder_ = directory_.path();
};

TEST_F(DocumentFile, WrittenAndRead_IsTheSame) {
  const std::string text = std::string("line\n") + '\0' + std::string(300'000, 'x');
  reports::write_document(path("a.json"), text);
  EXPECT_EQ(reports::read_document(path("a.json")), text);
  EXPECT_EQ(files(), 1U);
}

TEST_F(DocumentFile, WrittenAgain_IsReplacedAndKeepsItsRights) {
  reports::write_document(path("a.json"), "old and longer");
  fs::permissions(path("a.json"), fs::perms::owner_read | fs::perms::owner_write);
  reports::write_document(path("a.json"), "new");
  EXPECT_EQ(reports::read_document(path("a.json")), "new");
  EXPECT_EQ(fs::status(path("a.json")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(DocumentFile, BehindALink_IsReplacedAndTheLinkStays) {
  reports::write_document(path("real.json"), "old");
  fs::create_symlink("real.json", path("link.json"));
  reports::write_document(path("link.json"), "new");
  EXPECT_TRUE(fs::is_symlink(path("link.json")));
  EXPECT_EQ(reports::read_document(path("real.json")), "new");
}

TEST_F(DocumentFile, FolderThatIsNotThere_IsNamed) {
  const std::string file = path("no/such/a.json");
  EXPECT_THAT(failure_of([&] { reports::write_document(file, "x"); }), HasSubstr("write " + file + ": No such file"));
}

TEST_F(DocumentFile, FolderInTheFilesPlace_IsRefusedAndNothingIsLeft) {
  fs::create_directory(path("a.json"));
  EXPECT_THAT(failure_of([&] { reports::write_document(path("a.json"), "x"); }), HasSubstr("write "));
  EXPECT_EQ(files(), 1U);
}

TEST_F(DocumentFile, FolderThatMayNotBeWritten_LeavesTheOldOne) {
  reports::write_document(path("a.json"), "old");
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_exec);
  const uid_t user = ::geteuid();
  const bool root = user == 0;  // may write anywhere, so it becomes somebody who may not
  ASSERT_EQ(::seteuid(root ? 65534 : user), 0);
  const std::string checked = failure_of([&] { reports::check_writable(path("a.json")); });
  const std::string failure = failure_of([&] { reports::write_document(path("a.json"), "new"); });
  ASSERT_EQ(::seteuid(user), 0);
  fs::permissions(folder_, fs::perms::owner_all);
  EXPECT_EQ(failure, "write " + path("a.json") + ": Permission denied");
  EXPECT_EQ(checked, failure);
  EXPECT_EQ(reports::read_document(path("a.json")), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(DocumentFile, CheckedBeforehand_SaysWhatWritingWouldSay) {
  fs::create_directory(path("folder"));
  reports::write_document(path("file"), "old");
  for (const std::string& file : {path("no/such/a.json"), path("folder"), path("file/a.json"), std::string()}) {
    const std::string failure = failure_of([&] { reports::check_writable(file); });
    EXPECT_EQ(failure, failure_of([&] { reports::write_document(file, "x"); })) << file;
    EXPECT_THAT(failure, StartsWith("write " + file + ": "));
  }
  EXPECT_EQ(files(), 2U);
}

TEST_F(DocumentFile, CheckedBeforehand_StaysAsItIs) {
  reports::write_document(path("old.json"), "old");
  for (const std::string& file : {path("old.json"), path("new.json"), std::string("-"), std::string("/dev/null")}) {
    EXPECT_NO_THROW(reports::check_writable(file)) << file;
  }
  EXPECT_EQ(reports::read_document(path("old.json")), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(DocumentFile, FullDevice_IsAnError) {
  EXPECT_THAT(failure_of([] { reports::write_document("/dev/full", "x"); }),
              HasSubstr("write /dev/full: No space left on device"));
}

TEST_F(DocumentFile, NullDevice_IsWrittenInPlace) {
  reports::write_document("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

// A limit on file size stands in for a disk that fills up in the middle of the document.
TEST_F(DocumentFile, DiskFullHalfWay_LeavesTheOldOneAndNoHalf) {
  reports::write_document(path("a.json"), "old");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 10'000, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string failure = failure_of([&] { reports::write_document(path("a.json"), std::string(100'000, 'x')); });
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_handler);
  EXPECT_THAT(failure, HasSubstr("write " + path("a.json")));
  EXPECT_EQ(reports::read_document(path("a.json")), "old");
  EXPECT_EQ(files(), 1U);
}

TEST_F(DocumentFile, MissingFile_IsNamed) {
  const std::string file = path("none.json");
  EXPECT_EQ(failure_of([&] { (void)reports::read_document(file); }), "read " + file + ": No such file or directory");
  EXPECT_THAT(failure_of([&] { (void)reports::read_document(folder_); }), HasSubstr("Is a directory"));
}

TEST_F(DocumentFile, LongerThanTheLimit_IsRefused) {
  reports::write_document(path("a.json"), std::string(1001, 'x'));
  EXPECT_EQ(reports::read_document(path("a.json"), 1001).size(), 1001U);
  EXPECT_THAT(failure_of([&] { (void)reports::read_document(path("a.json"), 1000); }),
              HasSubstr("longer than 1000 bytes"));
  EXPECT_THAT(failure_of([] { (void)reports::read_document("/dev/zero", 1000); }), HasSubstr("longer than"));
}

}  // namespace document_file_test
