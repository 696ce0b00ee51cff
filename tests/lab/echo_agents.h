#pragma once
// Small agents for the simulator's own tests: one that answers, one that asks, one that keeps a diary of all it is
// told.

#include <fmt/core.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "net/agent.h"

namespace lab_test {

// Takes down every input as a line; sends what it is told to send.
class Diary : public net::Agent {
 public:
  explicit Diary(std::vector<net::Output> first = {}) : outputs_(std::move(first)) {}

  void start(net::TimePoint now) override { note(now, "start"); }
  void handle(net::TimePoint now, const net::Input& input) override {
    std::visit([&](const auto& told) { note(now, line(told)); }, input);
    on(now, input);
  }
  void tick(net::TimePoint now) override {
    if (!script_.empty() && script_.front().first <= now) {
      ask(std::move(script_.front().second));
      script_.pop_front();
      return;
    }
    note(now, "tick");
    deadline.reset();
  }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override {
    return script_.empty() ? deadline : script_.front().first;
  }
  [[nodiscard]] std::vector<net::Output> take_outputs() override { return std::exchange(outputs_, {}); }
  [[nodiscard]] bool finished() const override { return done; }

  void at(net::Duration time, net::Output output) {  // in order of time
    script_.emplace_back(net::TimePoint(time), std::move(output));
  }
  void ask(net::Output output) { outputs_.push_back(std::move(output)); }  // carried out after the next call

  std::vector<std::string> lines;
  std::optional<net::TimePoint> deadline;
  bool done = false;

 protected:
  virtual void on(net::TimePoint, const net::Input&) {}

 private:
  void note(net::TimePoint now, const std::string& what) {
    lines.push_back(fmt::format("{} {}", net::to_ms(now.time_since_epoch()), what));
  }

  static std::string text(const net::Bytes& bytes) { return std::string(net::as_text(bytes)); }
  static std::string line(const net::Opened& in) {
    return fmt::format("opened {} {}", in.socket.value, net::to_string(in.local));
  }
  static std::string line(const net::OpenFailed& in) {
    return fmt::format("failed {} {}", in.socket.value, in.attempt);
  }
  static std::string line(const net::Datagram& in) {
    return fmt::format("datagram {} from {} '{}' ttl {}", in.socket.value, net::to_string(in.from), text(in.payload),
                       in.ttl.value_or(0));
  }
  static std::string line(const net::IcmpError& in) {
    return fmt::format("icmp {} {} {}/{}", in.socket.value, net::to_string(in.destination), in.type, in.code);
  }
  static std::string line(const net::Accepted& in) {
    return fmt::format("accepted {:x} from {}", in.connection.value, net::to_string(in.from));
  }
  static std::string line(const net::Connected& in) { return fmt::format("connected {}", in.connection.value); }
  static std::string line(const net::StreamBytes& in) { return fmt::format("bytes '{}'", text(in.payload)); }
  static std::string line(const net::PeerFinished&) { return "peer finished"; }
  static std::string line(const net::Closed& in) { return fmt::format("closed: {}", in.reason); }

  std::vector<net::Output> outputs_;
  std::deque<std::pair<net::TimePoint, net::Output>> script_;
};

inline net::Bytes bytes(std::string_view text) { return {text.begin(), text.end()}; }

// Answers every datagram, and every run of stream bytes, with the same.
class Echo : public Diary {
 public:
  using Diary::Diary;

 private:
  void on(net::TimePoint, const net::Input& input) override {
    if (const auto* datagram = std::get_if<net::Datagram>(&input)) {
      ask(net::Send{datagram->socket, datagram->from, datagram->payload});
    } else if (const auto* stream = std::get_if<net::StreamBytes>(&input)) {
      ask(net::SendStream{stream->connection, stream->payload});
    } else if (const auto* finished = std::get_if<net::PeerFinished>(&input)) {
      ask(net::Close{finished->connection});
    }
  }
};

}  // namespace lab_test
