#include "store/open.h"

#include <algorithm>
#include <variant>

#include "store/postgresql.h"

namespace store {
namespace {

// 0: this part has no tables there.
std::size_t version_of(Database& database, std::string_view part) {
  const auto tables = database.tables();
  if (std::find(tables.begin(), tables.end(), "natscope_schema") == tables.end()) {
    if (!tables.empty())
      throw Error(database.name() + ": belongs to another program: it has a table " + tables.front());
    return 0;
  }
  const auto row = database.first("SELECT version FROM natscope_schema WHERE part = $1", {std::string(part)});
  return row ? static_cast<std::size_t>(integer(row->at(0))) : 0;
}

void upgrade(Database& database, const Schema& schema, std::size_t from) {
  if (from > 0) database.keep_copy(std::string(schema.part) + "-version-" + std::to_string(from));
  Transaction transaction(database);
  database.run("CREATE TABLE IF NOT EXISTS natscope_schema (part TEXT PRIMARY KEY, version BIGINT NOT NULL)");
  for (std::size_t version = from; version < schema.versions.size(); ++version) {
    for (const Sql step : schema.versions[version]) database.run(step);
  }
  database.run(
      "INSERT INTO natscope_schema (part, version) VALUES ($1, $2)"
      " ON CONFLICT (part) DO UPDATE SET version = excluded.version",
      {std::string(schema.part), static_cast<std::int64_t>(schema.versions.size())});
  transaction.commit();
}

}  // namespace

void prepare(Database& database, const Schema& schema) {
  const std::size_t version = version_of(database, schema.part);
  if (version > schema.versions.size()) {
    throw Error(database.name() + ": its " + std::string(schema.part) + " is of version " + std::to_string(version) +
                ", this program knows up to " + std::to_string(schema.versions.size()));
  }
  database.set_durable();
  if (version < schema.versions.size()) upgrade(database, schema, version);
}

std::unique_ptr<Database> open(const Url& url, const Schema& schema, Sharing sharing) {
  const auto* file = std::get_if<SqliteFile>(&url);
  std::unique_ptr<Database> database;
  if (file != nullptr) {
    database = std::make_unique<Sqlite>(file->file, sharing);
  } else {
    database = open_postgresql(std::get<PostgresqlServer>(url).url);
  }
  prepare(*database, schema);
  return database;
}

}  // namespace store
