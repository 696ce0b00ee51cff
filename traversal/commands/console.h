#pragma once
// `natpunch console`: by hand.

#include "traversal/commands/peer.h"

namespace traversal {

struct ConsoleOptions {
  PeerOptions peer;
};

void add_options(CLI::App& command, net::CommonOptions& common, ConsoleOptions& own);
[[nodiscard]] int run(const ConsoleOptions& own, const net::CommonOptions& common);  // until `quit`; CannotWork

}  // namespace traversal
