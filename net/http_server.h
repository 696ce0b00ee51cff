#pragma once
// A small HTTP/1.1 server: an agent with one listener, a request a connection. What is answered is the service's to
// say; whom it answers, how long it waits and how much it keeps is decided here. A visitor who brings no whole request
// within `patience`, or takes nothing of its reply for as long, is sent away; a source has so many connections, and
// there are so many in all. A request that is none gets its status (net/http_message.h).
//
// A reply that is `followed` goes on with what the service has to tell (server-sent events, WHATWG HTML section 9.2):
// what came after the event the visitor knows of, at most every news_interval and only while he takes it, so that a
// slow one costs nothing but his place.
//
// Bodies are larger than a stream's buffer: `unsent` says how much of a connection's still waits in the driver
// (net::SocketDriver::unsent).

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "net/agent.h"
#include "net/http_message.h"

namespace net {

struct HttpEvents {
  std::string text;          // empty: none
  std::uint64_t newest = 0;  // the number of the last one
};

class HttpService {
 public:
  virtual ~HttpService() = default;
  [[nodiscard]] virtual HttpReply reply(const HttpRequest& request) = 0;  // its body is dropped for HEAD

  // Of a service with replies that are followed; asked every news_interval, whether anybody follows or not.
  [[nodiscard]] virtual bool has_news() const { return false; }
  [[nodiscard]] virtual std::uint64_t newest_event() { return 0; }
  [[nodiscard]] virtual HttpEvents events_after(std::uint64_t) { return {}; }
};

struct HttpLimits {
  std::size_t connections = 64;
  std::size_t of_a_source = 4;
  Duration patience = std::chrono::seconds(3);
};

inline constexpr Duration news_interval = std::chrono::milliseconds(250);
inline constexpr Duration silence_of_events = std::chrono::seconds(15);  // then a comment shows that it goes on

class HttpServer final : public Agent {
 public:
  using Unsent = std::function<std::size_t(SocketId)>;

  HttpServer(const Endpoint& listen, const HttpLimits& limits, HttpService& service, Unsent unsent)
      : listen_(listen), limits_(limits), service_(service), unsent_(std::move(unsent)) {}

  void start(TimePoint now) override;
  void handle(TimePoint now, const Input& input) override;
  void tick(TimePoint now) override;
  [[nodiscard]] std::optional<TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return failure_.has_value(); }

  [[nodiscard]] const std::optional<Endpoint>& listening() const { return listening_; }
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }  // "listen on ...: in use"
  [[nodiscard]] std::size_t visitors() const { return visitors_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }  // over a limit

 private:
  struct Visitor {
    IpAddress source;
    TimePoint deadline;
    HttpReader reader;
    std::string reply;
    std::size_t handed_on = 0;             // of it, to the driver
    bool answered = false;                 // nothing more is read
    std::optional<std::uint64_t> follows;  // the event known to the visitor
    TimePoint last_told;
  };

  Endpoint listen_;
  HttpLimits limits_;
  HttpService& service_;
  Unsent unsent_;
  std::map<SocketId, Visitor> visitors_;
  std::map<IpAddress, std::size_t> of_source_;
  std::set<std::pair<TimePoint, SocketId>> deadlines_;  // of all but those who follow and have taken all there was
  std::set<SocketId> answering_;                        // whose reply is not out
  std::optional<TimePoint> next_push_;                  // while there are such
  std::optional<TimePoint> next_news_;
  std::uint64_t refused_ = 0;
  std::optional<Endpoint> listening_;
  std::optional<std::string> failure_;
  std::vector<Output> outputs_;

  void accept(TimePoint now, const Accepted& accepted);
  void read(TimePoint now, const StreamBytes& bytes);
  void answer(TimePoint now, SocketId connection, Visitor& visitor);
  void say(TimePoint now, SocketId connection, Visitor& visitor, std::string text);
  void push(TimePoint now, SocketId connection, Visitor& visitor);
  void push_all(TimePoint now);
  void tell_news(TimePoint now);
  void be_patient(TimePoint now, SocketId connection, Visitor& visitor);
  void send_away(SocketId connection);
  void forget(SocketId connection);
};

}  // namespace net
