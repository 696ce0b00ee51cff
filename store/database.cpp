#include "store/database.h"

namespace store {

std::int64_t integer(const Value& value, std::int64_t fallback) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return number != nullptr ? *number : fallback;
}

std::string text(const Value& value) {
  const auto* held = std::get_if<std::string>(&value);
  return held != nullptr ? *held : std::string{};
}

void Database::run(Sql sql, const Values& values) {
  each(sql, values, [](const Row&) {});
}

std::vector<Row> Database::rows(Sql sql, const Values& values) {
  std::vector<Row> all;
  each(sql, values, [&all](const Row& row) { all.push_back(row); });
  return all;
}

std::optional<Row> Database::first(Sql sql, const Values& values) {
  std::optional<Row> found;
  each(sql, values, [&found](const Row& row) {
    if (!found) found = row;
  });
  return found;
}

Transaction::Transaction(Database& database) : database_(database) { database_.run("BEGIN"); }

Transaction::~Transaction() {
  if (!open_) return;
  try {
    database_.run("ROLLBACK");
  } catch (const Error&) {  // nothing was begun any more: it is undone already
  }
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace store
