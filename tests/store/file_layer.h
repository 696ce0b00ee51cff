#pragma once
// A disk in memory under SQLite, with the faults of real ones: it fills up, it breaks, the power goes. One connection
// at a time, alone (store::Sharing::Alone).

#include <sqlite3.h>

#include <cstdint>
#include <map>
#include <string>

namespace tests {

class FileLayer {
 public:
  FileLayer();
  ~FileLayer();
  FileLayer(const FileLayer&) = delete;
  FileLayer& operator=(const FileLayer&) = delete;

  [[nodiscard]] const char* name() const { return name_.c_str(); }  // for store::Sqlite

  // From the write with this number on (counted from 0) every one fails with `error`, until heal().
  void fail_from(int write, int error) {
    fail_from_ = write;
    error_ = error;
  }
  void heal() { fail_from_ = never; }
  // What was written since the last sync of its file is gone.
  void cut_power();
  [[nodiscard]] int writes() const { return writes_; }

  // Of a file; used by the functions SQLite calls.
  struct Content {
    std::string current;
    std::string synced;
    bool ever_synced = false;
  };
  std::map<std::string, Content> files;
  [[nodiscard]] int next_write();  // SQLITE_OK or the error

 private:
  static constexpr int never = 1 << 30;
  std::string name_;
  sqlite3_vfs vfs_{};
  int writes_ = 0;
  int fail_from_ = never;
  int error_ = SQLITE_OK;
};

}  // namespace tests
