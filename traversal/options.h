#pragma once
// The command line of natpunch: a folder of commands (commands/), each with its own options.

#include <variant>

#include "net/options.h"
#include "traversal/commands/console.h"
#include "traversal/commands/matrix.h"
#include "traversal/commands/peer.h"
#include "traversal/commands/predict.h"
#include "traversal/commands/rendezvous.h"

namespace traversal {

struct Options {
  net::CommonOptions common;
  std::variant<RendezvousOptions, PeerOptions, MatrixOptions, PredictOptions, ConsoleOptions> command;
};

// The options, or the exit code when there is nothing to do (help, version, a mistake that has been printed).
[[nodiscard]] std::variant<Options, int> parse_options(int argc, char** argv);

}  // namespace traversal
