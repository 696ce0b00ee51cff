#pragma once
// The TCP side: STUN messages framed by their length field (RFC 8489 section 6.2.2). What is not STUN is closed without
// an answer; so is a peer that brings no whole message within 10 s. Memory is bounded: a message has at most 4,096
// bytes, a source at most 64 connections, a listener's host as many as it is told, 1,024 at most.

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "net/agent.h"
#include "reflector/topology.h"
#include "stun/stream_framer.h"

namespace reflector {

inline constexpr net::Duration connection_patience = std::chrono::seconds(10);
inline constexpr std::size_t connections_per_source = 64;
inline constexpr std::size_t connections_in_all = 1024;

class Connections {
 public:
  explicit Connections(std::size_t most) : most_(most) {}

  // The answer to one message, empty for none.
  using Answer = std::function<net::BytesView(SocketRole role, const net::Endpoint& from, net::BytesView message)>;

  void accept(const net::Accepted& accepted, SocketRole role, net::TimePoint now, std::vector<net::Output>& outputs);
  void receive(const net::StreamBytes& bytes, net::TimePoint now, const Answer& answer,
               std::vector<net::Output>& outputs);
  void finish(net::SocketId connection, std::vector<net::Output>& outputs);  // the peer sends no more
  void forget(net::SocketId connection) { open_.erase(connection); }         // it is closed
  void close_idle(std::vector<net::Output>& outputs);                       // all that are not amid a message
  void close_overdue(net::TimePoint now, std::vector<net::Output>& outputs);

  [[nodiscard]] bool has(net::SocketId connection) const { return open_.contains(connection); }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;
  [[nodiscard]] std::size_t size() const { return open_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }  // over a limit

 private:
  struct Connection {
    SocketRole role;
    net::Endpoint from;
    net::TimePoint deadline;  // of the next whole message
    stun::StreamFramer framer;
  };
  std::size_t most_;
  std::map<net::SocketId, Connection> open_;
  std::uint64_t refused_ = 0;

  [[nodiscard]] bool full_for(const net::IpAddress& source) const;
};

}  // namespace reflector
