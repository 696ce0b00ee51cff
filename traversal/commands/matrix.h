#pragma once
// `natpunch matrix`: makes every pair of registered hosts try, waits, and writes down what came of it.

#include <optional>
#include <string>
#include <vector>

#include "store/url.h"
#include "traversal/commands/shared.h"
#include "traversal/schedule.h"

namespace traversal {

struct MatrixOptions {
  RendezvousAccess access;
  std::vector<NamePair> pairs;          // empty: all
  std::vector<std::string> strategies;  // names, or one of "best" and "all"
  std::uint64_t trials = 1;
  net::Duration hold = std::chrono::seconds(5);
  std::uint64_t wait_for = 0;
  std::optional<store::Url> store;  // a history that keeps the matrix as well
};

void add_options(CLI::App& command, net::CommonOptions& common, MatrixOptions& own);
[[nodiscard]] int run(const MatrixOptions& own, const net::CommonOptions& common);  // CannotWork

}  // namespace traversal
