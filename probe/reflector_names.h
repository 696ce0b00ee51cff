#pragma once
// Where a reflector that the user named is: at its address, or where the DNS SRV records of its name say.

#include "net/endpoint.h"

namespace probe {

// Host and port to resolve. Port 0: none was given, so the best service record's or default_reflector_port.
[[nodiscard]] net::HostAndPort place_of_reflector(net::HostAndPort host);

}  // namespace probe
