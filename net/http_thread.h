#pragma once
// An HttpServer in a thread of its own, on sockets, with TLS where there is a certificate: so a program's pages disturb
// nothing else it does. Its service is asked in that thread; what belongs to another one is asked for there
// (net/desk.h).

#include <memory>
#include <optional>

#include "net/http_server.h"
#include "net/tls_context.h"

namespace net {

class HttpThread {
 public:
  // Binds. CannotWork: "listen on 127.0.0.1:9478: Address already in use". The service lives as long.
  HttpThread(const Endpoint& listen, const HttpLimits& limits, HttpService& service,
             std::optional<TlsContext> tls = std::nullopt);
  ~HttpThread();
  HttpThread(const HttpThread&) = delete;
  HttpThread& operator=(const HttpThread&) = delete;

  void start();
  // From another thread, of a server with TLS: for connections to come. False: the thread does not answer.
  [[nodiscard]] bool renew(TlsContext context);
  [[nodiscard]] const Endpoint& listening() const;

 private:
  class Running;
  std::unique_ptr<Running> running_;
};

}  // namespace net
