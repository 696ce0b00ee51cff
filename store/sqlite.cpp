#include "store/sqlite.h"

#include <algorithm>
#include <array>
#include <bit>
#include <fstream>
#include <utility>

namespace store {
namespace {

constexpr int busy_timeout_ms = 5000;

using Header = std::array<std::uint8_t, 100>;  // https://www.sqlite.org/fileformat2.html, section 1.3

std::uint32_t word(const Header& header, std::size_t at) {
  return (std::uint32_t{header[at]} << 24) | (std::uint32_t{header[at + 1]} << 16) |
         (std::uint32_t{header[at + 2]} << 8) | std::uint32_t{header[at + 3]};
}

// SQLite takes the file's size for the truth where the two differ, and notices what is missing only when it reads it.
bool truncated(const std::filesystem::path& file) {
  std::error_code unknown;
  const std::uintmax_t size = std::filesystem::file_size(file, unknown);
  if (unknown || size == 0) return false;
  const std::uintmax_t logged = std::filesystem::file_size(file.string() + "-wal", unknown);
  if (!unknown && logged > 0) return false;  // the rest may still be there
  Header header{};
  std::ifstream in(file, std::ios::binary);
  in.read(reinterpret_cast<char*>(header.data()), header.size());
  constexpr std::string_view format = "SQLite format 3";
  if (!std::equal(format.begin(), format.end(), header.begin())) return false;  // none of ours, whole or not
  if (size < header.size()) return true;
  const std::uint32_t page = (std::uint32_t{header[16]} << 8) | header[17];
  const bool size_is_stated = word(header, 24) == word(header, 92);
  return size_is_stated && size < std::uintmax_t{page == 1 ? 65'536 : page} * word(header, 28);
}

void bind(sqlite3_stmt* statement, int at, const std::monostate&) { sqlite3_bind_null(statement, at); }
void bind(sqlite3_stmt* statement, int at, std::int64_t value) { sqlite3_bind_int64(statement, at, value); }
void bind(sqlite3_stmt* statement, int at, double value) { sqlite3_bind_double(statement, at, value); }
void bind(sqlite3_stmt* statement, int at, const std::string& value) {
  sqlite3_bind_text64(statement, at, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void bind(sqlite3_stmt* statement, int at, const Blob& value) {
  if (value.empty()) {
    sqlite3_bind_zeroblob(statement, at, 0);
  } else {
    sqlite3_bind_blob64(statement, at, value.data(), value.size(), SQLITE_STATIC);
  }
}

Value column(sqlite3_stmt* statement, int at) {
  const auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, at)); };
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, at)};
    case SQLITE_FLOAT: return sqlite3_column_double(statement, at);
    case SQLITE_TEXT: {
      const auto* held = reinterpret_cast<const char*>(sqlite3_column_text(statement, at));
      return std::string(held, size());
    }
    case SQLITE_BLOB: {
      const auto* held = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, at));
      return held == nullptr ? Blob{} : Blob(held, held + size());
    }
    default: return std::monostate{};
  }
}

// Ready for the next time, whatever happened; what was bound is borrowed and gone by then.
class Reset {
 public:
  explicit Reset(sqlite3_stmt* statement) : statement_(statement) {}
  ~Reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Reset(const Reset&) = delete;
  Reset& operator=(const Reset&) = delete;

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

Sqlite::Sqlite(const std::filesystem::path& file, Sharing sharing, const char* vfs) : file_(file) {
  if (vfs == nullptr && truncated(file_)) throw Error(name() + ": a part of the file is missing");
  // An absolute name, because SQLite gives names like ":memory:" a meaning of their own.
  const std::string place = vfs == nullptr ? std::filesystem::absolute(file_).string() : file_.string();
  sqlite3* opened = nullptr;
  const int result = sqlite3_open_v2(place.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
  connection_.reset(opened);
  check(result);
  sqlite3_extended_result_codes(opened, 1);
  sqlite3_busy_timeout(opened, sharing == Sharing::Alone ? 0 : busy_timeout_ms);
  if (sharing == Sharing::Alone) set("PRAGMA locking_mode = EXCLUSIVE");
  set("PRAGMA foreign_keys = ON");
  (void)tables();  // whether it is a database at all, and ours to use
}

Sqlite::~Sqlite() { prepared_.clear(); }

void Sqlite::set_durable() {
  set("PRAGMA journal_mode = WAL");
  set("PRAGMA synchronous = FULL");
  set("BEGIN IMMEDIATE");  // a file that is to be alone is locked from here on
  set("COMMIT");
}

void Sqlite::each(Sql sql, const Values& values, const TakeRow& take) {
  sqlite3_stmt* statement = prepared(sql.text());
  const Reset reset(statement);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int at = sqlite3_bind_parameter_index(statement, ("$" + std::to_string(i + 1)).c_str());
    std::visit([&](const auto& value) { bind(statement, at, value); }, values[i]);
  }
  const int columns = sqlite3_column_count(statement);
  int result = SQLITE_ROW;
  while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
    Row row;
    row.reserve(static_cast<std::size_t>(columns));
    for (int i = 0; i < columns; ++i) row.push_back(column(statement, i));
    take(row);
  }
  check(result);
}

std::uint64_t Sqlite::changed() const { return static_cast<std::uint64_t>(sqlite3_changes64(connection_.get())); }

std::vector<std::string> Sqlite::tables() {
  std::vector<std::string> names;
  each("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'", {},
       [&names](const Row& row) { names.push_back(text(row.at(0))); });
  return names;
}

void Sqlite::keep_copy(std::string_view suffix) { run("VACUUM INTO $1", {file_.string() + "." + std::string(suffix)}); }

sqlite3_stmt* Sqlite::prepared(std::string_view sql) {
  auto& kept = prepared_[sql];
  if (!kept) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                             &statement, nullptr));
    kept.reset(statement);
  }
  return kept.get();
}

void Sqlite::check(int result) const {
  if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE) return;
  const int kind = result & 0xFF;
  if (kind == SQLITE_BUSY || kind == SQLITE_LOCKED) throw Error(name() + ": in use by another process");
  throw Error(name() + ": " + (connection_ ? sqlite3_errmsg(connection_.get()) : sqlite3_errstr(result)));
}

void Sqlite::set(const char* pragma) { check(sqlite3_exec(connection_.get(), pragma, nullptr, nullptr, nullptr)); }

}  // namespace store
