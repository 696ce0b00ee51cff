#pragma once
// What the system says of a path, when its run begins and whenever something may have changed.

#include "probe/path_change.h"
#include "probe/probe_session.h"

namespace probe {

class PathWatch {
 public:
  explicit PathWatch(const ProbeConfig& config);  // CannotWork, as all of it

  // What has changed under the run (probe/path_change.h).
  [[nodiscard]] std::optional<std::string> change() const { return path_change(before_, state()); }

 private:
  [[nodiscard]] PathState state() const;

  std::vector<net::IpAddress> reflectors_;
  net::RouteLimits limits_;
  PathState before_;
};

}  // namespace probe
