#include "reflector/metrics_server.h"

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServerConnection.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/ThreadPool.h>
#include <fcntl.h>

#include "net/cannot_work.h"
#include "net/socket_address.h"
#include "reflector/visitors.h"

namespace reflector {
namespace {

using Poco::Net::HTTPResponse;
using Poco::Net::StreamSocket;

constexpr int threads = 8;
constexpr int backlog = 1024;  // of a flood: a scrape in it must not lose its SYN
constexpr std::size_t connections_of_a_source = threads / 2;  // one source never has all of them
constexpr auto patience = std::chrono::seconds(3);

class PageHandler : public Poco::Net::HTTPRequestHandler {
 public:
  explicit PageHandler(const MetricsServer::Ask& ask) : ask_(ask) {}

  void handleRequest(Poco::Net::HTTPServerRequest& request, Poco::Net::HTTPServerResponse& response) override {
    const std::string path = request.getURI().substr(0, request.getURI().find('?'));
    if (request.getMethod() != "GET" && request.getMethod() != "HEAD") {
      response.set("Allow", "GET, HEAD");
      answer(response, HTTPResponse::HTTP_METHOD_NOT_ALLOWED, "GET and HEAD only\n");
    } else if (path == "/metrics") {
      metrics(response);
    } else if (path == "/healthz") {
      health(response);
    } else {
      answer(response, HTTPResponse::HTTP_NOT_FOUND, "there are /metrics and /healthz\n");
    }
  }

 private:
  void metrics(Poco::Net::HTTPServerResponse& response) {
    const auto page = ask_();
    if (!page) return answer(response, HTTPResponse::HTTP_SERVICE_UNAVAILABLE, "the reflector does not answer\n");
    answer(response, HTTPResponse::HTTP_OK, metrics_text(*page), "text/plain; version=0.0.4; charset=utf-8");
  }

  void health(Poco::Net::HTTPServerResponse& response) {
    const auto page = ask_();
    const bool well = page && page->status.listening;
    answer(response, well ? HTTPResponse::HTTP_OK : HTTPResponse::HTTP_SERVICE_UNAVAILABLE,
           page ? health_text(page->status) : "the reflector does not answer\n");
  }

  static void answer(Poco::Net::HTTPServerResponse& response, HTTPResponse::HTTPStatus status, const std::string& body,
                     const std::string& type = "text/plain; charset=utf-8") {
    response.setStatusAndReason(status);
    response.setContentType(type);
    response.set("Cache-Control", "no-store");
    response.sendBuffer(body.data(), body.size());
  }

  const MetricsServer::Ask& ask_;
};

class PageHandlers : public Poco::Net::HTTPRequestHandlerFactory {
 public:
  explicit PageHandlers(MetricsServer::Ask ask) : ask_(std::move(ask)) {}
  Poco::Net::HTTPRequestHandler* createRequestHandler(const Poco::Net::HTTPServerRequest&) override {
    return new PageHandler(ask_);
  }

 private:
  MetricsServer::Ask ask_;
};

class Visit : public Poco::Net::HTTPServerConnection {
 public:
  Visit(const StreamSocket& socket, const Poco::Net::HTTPServerParams::Ptr& params,
        const Poco::Net::HTTPRequestHandlerFactory::Ptr& handlers, Visitors& visitors)
      : HTTPServerConnection(socket, params, handlers), socket_(socket), visitors_(visitors) {}
  ~Visit() override { visitors_.leave(socket_); }

 private:
  StreamSocket socket_;
  Visitors& visitors_;
};

class Visits : public Poco::Net::TCPServerConnectionFactory {
 public:
  Visits(MetricsServer::Ask ask, Visitors& visitors) : handlers_(new PageHandlers(std::move(ask))), visitors_(visitors) {
    params_->setKeepAlive(false);
    params_->setTimeout(Poco::Timespan(std::chrono::seconds(patience).count(), 0));
  }
  Poco::Net::TCPServerConnection* createConnection(const StreamSocket& socket) override {
    return new Visit(socket, params_, handlers_, visitors_);
  }

 private:
  Poco::Net::HTTPServerParams::Ptr params_ = new Poco::Net::HTTPServerParams;
  Poco::Net::HTTPRequestHandlerFactory::Ptr handlers_;
  Visitors& visitors_;
};

class Doorkeeper : public Poco::Net::TCPServerConnectionFilter {
 public:
  explicit Doorkeeper(Visitors& visitors) : visitors_(visitors) {}
  bool accept(const StreamSocket& socket) override { return visitors_.enter(socket); }

 private:
  Visitors& visitors_;
};

Poco::Net::ServerSocket listener(const net::Endpoint& local) {
  try {
    Poco::Net::ServerSocket socket;
    socket.bind(net::to_poco(local), true, false);  // no port is shared with another process
    socket.listen(backlog);
    ::fcntl(socket.impl()->sockfd(), F_SETFD, FD_CLOEXEC);
    return socket;
  } catch (const Poco::Exception& error) {
    throw net::CannotWork("listen on " + net::to_string(local) + ": " + net::reason(error));
  }
}

Poco::Net::TCPServerParams::Ptr server_params(std::size_t most_connections) {
  Poco::Net::TCPServerParams::Ptr params = new Poco::Net::TCPServerParams;
  params->setMaxThreads(threads);
  params->setMaxQueued(static_cast<int>(most_connections));  // whom the doorkeeper lets in is served
  return params;
}

}  // namespace

class MetricsServer::Server {
 public:
  Server(const net::Endpoint& listen, std::size_t most_connections, Ask ask)
      : most_connections_(most_connections),
        ask_(std::move(ask)),
        visitors_({.in_all = most_connections, .of_a_source = connections_of_a_source, .patience = patience}),
        socket_(listener(listen)) {}
  ~Server() {
    if (!running_) return;
    running_->server.stop();
    visitors_.send_home();
    running_->pool.joinAll();
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void start() {
    visitors_.start();
    running_ = std::make_unique<Running>(*this);
  }

 private:
  struct Running {  // what has threads
    explicit Running(Server& of)
        : server(new Visits(of.ask_, of.visitors_), pool, of.socket_, server_params(of.most_connections_)) {
      server.setConnectionFilter(new Doorkeeper(of.visitors_));
      server.start();
    }
    Poco::ThreadPool pool{1, threads};
    Poco::Net::TCPServer server;
  };

  std::size_t most_connections_;
  Ask ask_;
  Visitors visitors_;
  Poco::Net::ServerSocket socket_;
  std::unique_ptr<Running> running_;
};

MetricsServer::MetricsServer(const net::Endpoint& listen, std::size_t most_connections, Ask ask)
    : server_(std::make_unique<Server>(listen, most_connections, std::move(ask))) {}
MetricsServer::~MetricsServer() = default;

void MetricsServer::start() { server_->start(); }

}  // namespace reflector
