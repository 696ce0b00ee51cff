#pragma once
// `natprobe assist`: the agent on real sockets, and the key that both hosts share.

#include <optional>
#include <string>

#include "probe/assist_key.h"
#include "probe/options.h"

namespace probe {

// Of this file, else of NATSCOPE_ASSIST_KEY. CannotWork, never with the key in its words, where there is none or it is
// too short.
[[nodiscard]] AssistKey shared_assist_key(const std::optional<std::string>& file);

// Until SIGINT or SIGTERM; the exit code.
[[nodiscard]] int assist(const Options& options);

}  // namespace probe
