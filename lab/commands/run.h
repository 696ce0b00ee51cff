#pragma once
// `natlab run`: one command behind one NAT, two cooperating reflectors in the open.

#include "lab/commands/options.h"

namespace lab {

// The command's own exit status (128 + signal where one ended it). CannotWork where namespaces cannot be had or the
// command cannot be started.
[[nodiscard]] int run(const RunOptions& options, const net::CommonOptions& common);

}  // namespace lab
