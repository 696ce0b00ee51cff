#pragma once
// Serves /metrics and /healthz over HTTP in threads of its own (Poco's server), apart from the packets. Bounded: 8
// threads, so many connections at once, 4 of one source, and 3 seconds for each from its first byte to its last;
// nothing is kept alive.

#include <functional>
#include <memory>
#include <optional>

#include "net/endpoint.h"
#include "reflector/metrics_text.h"

namespace reflector {

class MetricsServer {
 public:
  // What to show, asked for by any of its threads; nothing when the reflector does not answer.
  using Ask = std::function<std::optional<MetricsPage>()>;

  // Binds. CannotWork: "listen on 127.0.0.1:9478: Address already in use".
  MetricsServer(const net::Endpoint& listen, std::size_t most_connections, Ask ask);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  void start();  // its threads

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace reflector
