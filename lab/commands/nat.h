#pragma once
// `natlab nat`: this machine is that NAT for other people's applications.

#include "lab/commands/options.h"

namespace lab {

// 0 once a signal ends it. CannotWork for interfaces that cannot be used, and without the privileges.
[[nodiscard]] int nat(const NatOptions& options, const net::CommonOptions& common);

}  // namespace lab
