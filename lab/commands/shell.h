#pragma once
// `natlab shell`: a scenario is up, and somebody looks around on one of its hosts.

#include "lab/commands/options.h"

namespace lab {

// The shell's own exit status. CannotWork for an unreadable scenario, a host it does not have, and where namespaces
// cannot be had.
[[nodiscard]] int shell(const ShellOptions& options, const net::CommonOptions& common);

}  // namespace lab
