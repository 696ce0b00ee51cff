#pragma once
// `natpunch predict`: what theory expects of two NATs.

#include <string>

#include "net/options.h"

namespace traversal {

struct PredictOptions {
  std::string a;  // a behaviour ("EIM/APDF") or a file
  std::string b;
};

void add_options(CLI::App& command, net::CommonOptions& common, PredictOptions& own);
[[nodiscard]] int run(const PredictOptions& own, const net::CommonOptions& common);  // CannotWork

}  // namespace traversal
