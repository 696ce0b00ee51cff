#pragma once
// Where a program keeps things: the value of --store.

#include <filesystem>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>

namespace store {

struct SqliteFile {
  std::filesystem::path file;
};
struct PostgresqlServer {
  std::string url;
};
using Url = std::variant<SqliteFile, PostgresqlServer>;

// "sqlite:FILE" or "postgresql://...". The error says what is wrong with the text, ready to print. A password in it is
// refused, and not repeated: every user of the machine can read the command lines of others.
[[nodiscard]] tl::expected<Url, std::string> parse_url(std::string_view text);

}  // namespace store
