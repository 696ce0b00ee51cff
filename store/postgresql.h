#pragma once
// A PostgreSQL database, through libpq. Where the build found no libpq, opening one is an Error that says so.

#include <memory>
#include <string>

#include "store/database.h"

namespace store {

// `url`: postgresql://[USER@][HOST][:PORT]/[DATABASE][?host=DIRECTORY&...]. The password, where one is wanted, comes
// from
// ~/.pgpass or PGPASSWORD. Error when it cannot be connected to.
[[nodiscard]] std::unique_ptr<Database> open_postgresql(const std::string& url);

}  // namespace store
