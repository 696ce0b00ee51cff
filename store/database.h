#pragma once
// A database as the rest of the program sees it: SQL literals with values beside them in, rows out. SQLite (one file,
// store/sqlite.h) and PostgreSQL (store/postgresql.h) understand the same statements: parameters are $1, $2, ... each
// of them named for the first time in this order; INSERT ... ON CONFLICT, RETURNING; types BIGINT, DOUBLE PRECISION,
// TEXT.
//
// Statements are prepared once and kept. Whatever fails is a store::Error that names the database; inside a Transaction
// nothing of it has happened then. A database that failed may be used again: a full disk has room later, a server that
// went away is connected to anew.

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace store {

// A statement that was written down in the source: no text that came from elsewhere can become one.
class Sql {
 public:
  consteval Sql(const char* literal) : text_(literal) {}  // NOLINT(google-explicit-constructor): it is the literal
  [[nodiscard]] constexpr std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

using Blob = std::vector<std::uint8_t>;
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;  // monostate: NULL
using Values = std::vector<Value>;
using Row = std::vector<Value>;

// What a column holds; `fallback` for NULL or another type.
[[nodiscard]] std::int64_t integer(const Value& value, std::int64_t fallback = 0);
[[nodiscard]] std::string text(const Value& value);

// "database history.db: disk is full", ready to print.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Database {
 public:
  using TakeRow = std::function<void(const Row&)>;

  virtual ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Runs one statement and hands over its rows as they come. Do not run another one from inside.
  virtual void each(Sql sql, const Values& values, const TakeRow& take) = 0;
  // Rows the last statement inserted, changed or deleted.
  [[nodiscard]] virtual std::uint64_t changed() const = 0;
  // Our own tables and, where the database belongs to nobody else (a file), everybody's.
  [[nodiscard]] virtual std::vector<std::string> tables() = 0;
  // From here on what is committed is on the disk; a setting of the database, so it is called where that is ours.
  virtual void set_durable() = 0;
  // A copy of all of it before its tables are changed, where that is ours to make: FILE.SUFFIX beside the file.
  virtual void keep_copy(std::string_view suffix) = 0;
  [[nodiscard]] virtual std::string name() const = 0;  // for messages; without passwords

  void run(Sql sql, const Values& values = {});
  [[nodiscard]] std::vector<Row> rows(Sql sql, const Values& values = {});
  [[nodiscard]] std::optional<Row> first(Sql sql, const Values& values = {});

 protected:
  Database() = default;
};

// All or nothing: undone unless commit() was reached and came back. Not nested.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  void commit();  // on the disk when it returns

 private:
  Database& database_;
  bool open_ = true;
};

}  // namespace store
