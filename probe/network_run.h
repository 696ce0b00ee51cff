#pragma once
// The part of natprobe that meets the network: names become paths, every path a session, and one driver runs them side
// by side.

#include <string>
#include <string_view>
#include <vector>

#include "net/result.h"
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
  std::vector<std::string> changed;  // a line for each path that changed under its run, which is then not reported
};

inline constexpr std::string_view stopped_by_signal = "stopped by a signal before the run was finished";

// Why there is nothing to report: a run that ends early says nothing of what it had seen.
struct Interrupted {
  bool by_signal = false;  // else the network changed under the run, and another run may be whole
  std::string why;         // ready to print
};

class Network {
 public:
  explicit Network(const Options& options);  // SIGINT and SIGTERM are its to see from here on

  // All paths the options ask for. A path that changes under its run is given up at once, the others go on. CannotWork
  // where none can be described.
  [[nodiscard]] net::Result<NetworkRun, Interrupted> run();

  // False when a signal ended it.
  [[nodiscard]] bool wait_until(net::TimePoint moment);
  [[nodiscard]] net::TimePoint now() const { return driver_.now(); }

 private:
  [[nodiscard]] ProbeConfig config_for(const Path& path) const;

  [[nodiscard]] std::optional<Assistant> assistant_of(net::Family family) const;

  const Options& options_;
  std::vector<net::Endpoint> assistants_;  // the given one, in each family
  AssistKey assist_key_{};
  net::SocketDriver driver_;
};

}  // namespace probe
