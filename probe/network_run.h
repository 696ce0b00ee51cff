#pragma once
// The part of natprobe that meets the network: names become paths, every path a session, and one driver runs them side
// by side.

#include <string>
#include <vector>

#include "net/socket_driver.h"
#include "probe/options.h"
#include "probe/packets.h"
#include "probe/paths.h"
#include "probe/report.h"

namespace probe {

struct PathPackets {
  std::vector<Packet> packets;  // empty where nobody asked for a capture
  std::size_t left_out = 0;
};

struct NetworkRun {
  Report report;                     // with its further paths
  std::vector<PathPackets> packets;  // of each path, in that order
  std::vector<std::string> failed;   // a line for each path on which nothing could be sent
};

class Network {
 public:
  explicit Network(const Options& options);  // SIGINT and SIGTERM are its to see from here on

  // All paths the options ask for. CannotWork where none can be described; nothing when a signal ended it.
  [[nodiscard]] std::optional<NetworkRun> run();

  // False when a signal ended it.
  [[nodiscard]] bool wait_until(net::TimePoint moment);
  [[nodiscard]] net::TimePoint now() const { return driver_.now(); }

 private:
  [[nodiscard]] ProbeConfig config_for(const Path& path) const;

  const Options& options_;
  net::SocketDriver driver_;
};

}  // namespace probe
