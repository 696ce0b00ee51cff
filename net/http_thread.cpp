#include "net/http_thread.h"

#include <thread>
#include <utility>

#include "net/cannot_work.h"
#include "net/desk.h"
#include "net/secured_streams.h"
#include "net/socket_driver.h"

namespace net {

class HttpThread::Running {
 public:
  Running(const Endpoint& listen, const HttpLimits& limits, HttpService& service, std::optional<TlsContext> tls)
      : server_(listen, limits, service, [this](SocketId connection) { return driver_.unsent(connection); }) {
    if (tls) secured_.emplace(server_, *std::move(tls));
    driver_.run(agent(), [this](TimePoint) { driver_.stop(); });  // as soon as it is bound
    if (server_.failure()) throw CannotWork(*server_.failure());
    driver_.watch(desk_.descriptor(), [this] { desk_.answer(); });
  }
  ~Running() {
    driver_.stop();
    if (thread_.joinable()) thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void start() {
    thread_ = std::thread([this] { driver_.resume(agent()); });
  }
  [[nodiscard]] bool renew(TlsContext context) {
    auto renewed = [this, fresh = std::move(context)]() mutable {
      secured_->renew(std::move(fresh));
      return true;
    };
    return desk_.ask(std::move(renewed)).has_value();
  }
  [[nodiscard]] const Endpoint& listening() const { return *server_.listening(); }

 private:
  SocketDriver driver_;
  Desk desk_;
  HttpServer server_;
  std::optional<SecuredStreams> secured_;
  std::thread thread_;

  Agent& agent() { return secured_ ? static_cast<Agent&>(*secured_) : server_; }
};

HttpThread::HttpThread(const Endpoint& listen, const HttpLimits& limits, HttpService& service,
                       std::optional<TlsContext> tls)
    : running_(std::make_unique<Running>(listen, limits, service, std::move(tls))) {}
HttpThread::~HttpThread() = default;

void HttpThread::start() { running_->start(); }
bool HttpThread::renew(TlsContext context) { return running_->renew(std::move(context)); }
const Endpoint& HttpThread::listening() const { return running_->listening(); }

}  // namespace net
