#pragma once
// Whether this host still sends a path's packets the way it did when the run began: a run that went on over another way
// would mix what two NATs do. Pure: what the system says at either moment is handed in.

#include <optional>
#include <string>
#include <vector>

#include "net/interfaces.h"
#include "net/routes.h"

namespace probe {

struct PathState {
  struct Way {
    net::IpAddress to;                // a reflector
    std::optional<net::Route> route;  // empty: there is none
  };
  std::vector<Way> ways;                   // to each reflector of the path, always in one order
  std::vector<net::Interface> interfaces;  // all there are
};

// What has become of the way the run began with, ready to print: "interface eth0 went down". Empty where nothing has
// that concerns it: other interfaces, addresses and routes may come and go.
[[nodiscard]] std::optional<std::string> path_change(const PathState& before, const PathState& now);

}  // namespace probe
