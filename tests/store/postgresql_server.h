#pragma once
// A PostgreSQL server for a test: its own data, run as an ordinary user, reached through a Unix socket only. Starting
// it takes about a second; it ends with the object.

#include <memory>
#include <optional>
#include <string>

#include "tests/programs/program.h"

namespace tests {

class PostgresqlServer {
 public:
  PostgresqlServer();  // see trouble()
  ~PostgresqlServer();

  // Why there is none (not installed, no ordinary user to run it as); for NATSCOPE_SKIP("database", ...).
  [[nodiscard]] const std::optional<std::string>& trouble() const { return trouble_; }
  [[nodiscard]] std::string url() const;  // as --store wants it

 private:
  programs::TemporaryDirectory files_;
  std::unique_ptr<programs::Background> server_;
  std::optional<std::string> trouble_;
};

}  // namespace tests
