#pragma once
// `natlab list`: the NAT profiles as a table, or one with all its settings; as JSON too.

#include "lab/commands/options.h"

namespace lab {

[[nodiscard]] int list(const ListOptions& options, const net::CommonOptions& common);

}  // namespace lab
