#include "probe/path_watch.h"

namespace probe {

PathWatch::PathWatch(const ProbeConfig& config) : limits_{.interface = config.interface} {
  if (config.bind) limits_.source = config.bind->address;
  for (const GivenReflector& reflector : config.reflectors) reflectors_.push_back(reflector.endpoint.address);
  before_ = state();
}

PathState PathWatch::state() const {
  PathState out{.interfaces = net::interfaces()};
  for (const net::IpAddress& to : reflectors_) out.ways.push_back({.to = to, .route = net::find_route(to, limits_)});
  return out;
}

}  // namespace probe
