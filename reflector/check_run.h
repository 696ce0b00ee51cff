#pragma once
// `natreflector check` on real sockets: names are resolved, servers asked side by side, the table concluded.

#include <vector>

#include "net/endpoint.h"
#include "reflector/check_conclusions.h"

namespace reflector {

// One or two hosts, names or addresses. CannotWork where a name has no address or no socket can be opened; a signal ends
// it early, with what is known by then.
[[nodiscard]] std::vector<CheckRow> check_hosts(const std::vector<net::HostAndPort>& hosts);

}  // namespace reflector
