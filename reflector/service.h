#pragma once
// The life of natreflector as a service: opens its sockets, gives up its privileges, answers until it is told to stop;
// reloads its configuration on SIGHUP, drains on SIGTERM, tells its service manager and its metrics page how it is.

#include <functional>
#include <memory>
#include <optional>

#include "net/desk.h"
#include "net/http_thread.h"
#include "net/log_budget.h"
#include "net/privileges.h"
#include "net/service_manager.h"
#include "net/signal_file.h"
#include "net/socket_driver.h"
#include "reflector/events.h"
#include "reflector/metrics_pages.h"
#include "reflector/options.h"
#include "reflector/packet_path.h"
#include "reflector/reflector_agent.h"

namespace reflector {

class Service {
 public:
  // What the options say now: command line, environment and file, read again.
  using Reread = std::function<net::Result<Options, std::string>()>;

  Service(Options options, Reread reread);  // CannotWork; binds the UDP sockets, the last thing that may fail

  void run();  // until SIGTERM or SIGINT; CannotWork

 private:
  Options options_;
  Reread reread_;
  std::optional<net::User> user_;
  std::size_t descriptors_;
  double started_at_;
  net::SocketDriver driver_;
  net::SignalFile hangups_;  // before any thread starts
  net::ServiceManager manager_;
  ReflectorConfig config_;
  net::InheritedSockets inherited_;
  PacketPorts ports_;
  ReflectorAgent agent_;
  std::optional<PacketPath> packets_;
  net::BatchDriver::Counts counted_before_;  // by packet paths that have ended
  net::Desk desk_;
  MetricsPages pages_;
  std::unique_ptr<net::HttpThread> metrics_;
  bool listening_ = false;
  std::uint64_t reloads_applied_ = 0;
  std::uint64_t reloads_refused_ = 0;
  EventLines events_;
  net::LogBudget budget_;
  net::LogBudget budget_of_strangers_;
  net::TimePoint next_look_;

  void look(net::TimePoint now);
  void begin();  // all sockets are open
  void announce() const;
  void give_up_privileges();
  void begin_packets();
  void end_packets();  // what has arrived is answered
  void report_events(net::TimePoint now);
  [[nodiscard]] Notable notable(net::TimePoint now) const;
  void reload();
  [[nodiscard]] net::Result<void, std::string> try_reload(net::TimePoint now);
  [[nodiscard]] MetricsPage page() const;
};

}  // namespace reflector
