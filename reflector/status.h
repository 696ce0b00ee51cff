#pragma once
// What a running reflector can tell of itself at one moment: the metrics page and its health are made from it.

#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"
#include "reflector/counts.h"

namespace reflector {

struct HostStatus {  // one address family
  net::Family family = net::Family::V4;
  Counts counts;
  std::size_t connections = 0;            // TCP, open
  std::uint64_t connections_refused = 0;  // closed at once: over a limit
  std::size_t delayed = 0;                // replies that wait
  std::optional<net::IpAddress> partner;
  bool partner_usable = false;  // the link is up
  std::string link_problem;     // why the partner's greeting is refused; or empty
};

struct Status {
  bool listening = false;  // on all its sockets, and not about to end
  std::vector<HostStatus> hosts;
};

}  // namespace reflector
