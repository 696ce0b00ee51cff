#pragma once
// Names to addresses, by the system's resolver; it blocks, so it is asked before a driver runs.

#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"

namespace net {

// All addresses of `host` (a name or a numeric address), of one family if that is given, in the resolver's order and
// each once; never empty. CannotWork: "resolve reflector.example: Host not found".
[[nodiscard]] std::vector<Endpoint> resolve(const std::string& host, std::uint16_t port,
                                            std::optional<Family> family = std::nullopt);
[[nodiscard]] std::vector<Endpoint> resolve(const HostAndPort& host, std::optional<Family> family = std::nullopt);

}  // namespace net
