#pragma once
// The network interfaces of this host, as the system tells them at this moment.

#include <string>
#include <vector>

#include "net/endpoint.h"

namespace net {

struct Interface {
  std::string name;
  bool up = false;       // set up by the administrator
  bool carrier = false;  // and connected to something
  std::vector<IpAddress> addresses;
};

// In the system's order. CannotWork.
[[nodiscard]] std::vector<Interface> interfaces();

}  // namespace net
