#pragma once
// Opens a database with the tables one part of the program wants, made or brought up to date where that is needed.

#include <memory>
#include <string_view>
#include <vector>

#include "store/database.h"
#include "store/sqlite.h"
#include "store/url.h"

namespace store {

// versions[n] turns the tables of version n into those of n + 1; never changed, only added to. Several parts may live
// in one database.
struct Schema {
  std::string_view part;  // "history", "rendezvous"
  std::vector<std::vector<Sql>> versions;
};

// Error, nothing changed: it cannot be reached, is damaged, belongs to another program, or was written by a newer
// natscope. Tables of an older version are copied before they are changed (Database::keep_copy).
[[nodiscard]] std::unique_ptr<Database> open(const Url& url, const Schema& schema, Sharing sharing = Sharing::Shared);

// The same for a database that is open.
void prepare(Database& database, const Schema& schema);

}  // namespace store
