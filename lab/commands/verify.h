#pragma once
// `natlab verify`: play a scenario, compare with what it expects, say and write down what came of it.

#include "lab/commands/options.h"

namespace lab {

// 0 when all is as expected, else 1; CannotWork for an unreadable scenario and where it cannot be played.
[[nodiscard]] int verify(const VerifyOptions& options, const net::CommonOptions& common);

}  // namespace lab
