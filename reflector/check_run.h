#pragma once
// `natreflector check` on real sockets: names are resolved, servers asked side by side, the table concluded.

#include <vector>

#include "net/endpoint.h"
#include "reflector/check_conclusions.h"

namespace reflector {

struct Checked {
  std::vector<CheckRow> rows;
  bool answered = false;  // any of the hosts, over UDP
};

// One or two hosts, names or addresses. CannotWork where a name has no address, both are the same host, no socket can
// be opened, or a signal ends it early: what has not come by then says nothing.
[[nodiscard]] Checked check_hosts(const std::vector<net::HostAndPort>& hosts);

}  // namespace reflector
