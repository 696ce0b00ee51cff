#pragma once
// `natlab list`: the NAT profiles, as a table or as JSON.

#include "net/options.h"

namespace lab {

[[nodiscard]] int list(const net::CommonOptions& options);

}  // namespace lab
