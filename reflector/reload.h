#pragma once
// What of a configuration may change while the reflector runs: all but the sockets and what the process is. Pure.

#include <optional>
#include <string>

#include "reflector/options.h"

namespace reflector {

// The first option ("--listen") that differs and cannot; nothing when all of `fresh` can be taken over.
[[nodiscard]] std::optional<std::string> cannot_change(const Options& running, const Options& fresh);

}  // namespace reflector
