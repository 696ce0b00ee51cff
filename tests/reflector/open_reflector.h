#pragma once
// A reflector as an agent whose sockets are all open, told packets one by one, with the time in the test's hand.

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reflector/reflector_agent.h"
#include "reflector/reflector_config.h"

namespace reflector {

class OpenReflector {
 public:
  explicit OpenReflector(const ReflectorConfig& config, std::uint8_t life = 1,
                         net::TimePoint start = net::TimePoint(std::chrono::hours(1)))
      : now(start), agent(config, Secret{life}) {
    agent.start(now);
    for (const net::Output& output : agent.take_outputs()) {
      if (const auto* udp = std::get_if<net::OpenUdp>(&output)) {
        udp_[udp->local] = udp->socket;
        told(net::Opened{udp->socket, udp->local});
      } else if (const auto* tcp = std::get_if<net::Listen>(&output)) {
        tcp_[tcp->local] = tcp->socket;
        told(net::Opened{tcp->socket, tcp->local});
      }
    }
  }

  net::TimePoint now;
  ReflectorAgent agent;

  [[nodiscard]] net::SocketId udp(const net::Endpoint& local) const { return udp_.at(local); }
  [[nodiscard]] net::SocketId tcp(const net::Endpoint& local) const { return tcp_.at(local); }
  // Where a packet leaves from.
  [[nodiscard]] net::Endpoint local(net::SocketId socket) const {
    const auto found =
        std::find_if(udp_.begin(), udp_.end(), [socket](const auto& entry) { return entry.second == socket; });
    return found == udp_.end() ? net::Endpoint{} : found->first;
  }

  // What comes out of it.
  std::vector<net::Output> told(const net::Input& input) {
    agent.handle(now, input);
    return agent.take_outputs();
  }
  std::vector<net::Output> receive(const net::Endpoint& at, const net::Endpoint& from, net::BytesView datagram) {
    return told(net::Datagram{udp(at), from, net::Bytes(datagram.begin(), datagram.end()), std::nullopt});
  }
  // What the deadlines of that time bring.
  std::vector<net::Output> pass(net::Duration duration) {
    std::vector<net::Output> all;
    const net::TimePoint end = now + duration;
    for (auto due = agent.next_deadline(); due && *due <= end; due = agent.next_deadline()) {
      now = std::max(now, *due);
      agent.tick(now);
      auto some = agent.take_outputs();
      std::move(some.begin(), some.end(), std::back_inserter(all));
    }
    now = end;
    return all;
  }

  // All that it counted so far, of every kind.
  [[nodiscard]] std::uint64_t counted() const {
    std::uint64_t sum = 0;
    for (const std::string& line : agent.summary()) {
      std::uint64_t number = 0;
      const char* digits = line.data() + line.rfind(' ') + 1;
      std::from_chars(digits, line.data() + line.size(), number);
      sum += number;
    }
    return sum;
  }

 private:
  std::map<net::Endpoint, net::SocketId> udp_;
  std::map<net::Endpoint, net::SocketId> tcp_;
};

[[nodiscard]] inline std::vector<net::Send> packets(const std::vector<net::Output>& outputs) {
  std::vector<net::Send> all;
  for (const net::Output& output : outputs) {
    if (const auto* sent = std::get_if<net::Send>(&output)) all.push_back(*sent);
  }
  return all;
}

}  // namespace reflector
