#pragma once
// One SQLite file: write-ahead log, and a commit is on the disk before it returns (synchronous = FULL), so that neither
// kill -9 nor a power cut takes back what was committed.

#include <sqlite3.h>

#include <filesystem>
#include <map>
#include <memory>

#include "store/database.h"

namespace store {

enum class Sharing : std::uint8_t {
  Shared,  // other processes read and write too
  Alone,   // the file is locked as long as it is open; a second one that wants it is refused
};

class Sqlite final : public Database {
 public:
  // Creates the file where there is none. Error, the file untouched: it cannot be opened, is no database or a part of
  // one, or another process has it alone. `vfs`: SQLite's name of the file layer; nullptr: the system's.
  explicit Sqlite(const std::filesystem::path& file, Sharing sharing = Sharing::Shared, const char* vfs = nullptr);
  ~Sqlite() override;

  void each(Sql sql, const Values& values, const TakeRow& take) override;
  [[nodiscard]] std::uint64_t changed() const override;
  [[nodiscard]] std::vector<std::string> tables() override;
  void set_durable() override;
  void keep_copy(std::string_view suffix) override;
  [[nodiscard]] std::string name() const override { return "database " + file_.string(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };

  std::filesystem::path file_;
  std::unique_ptr<sqlite3, Close> connection_;
  std::map<std::string_view, std::unique_ptr<sqlite3_stmt, Finalize>> prepared_;

  sqlite3_stmt* prepared(std::string_view sql);
  void check(int result) const;  // Error unless it is a success
  void set(const char* pragma);
};

}  // namespace store
