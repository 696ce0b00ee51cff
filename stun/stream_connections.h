#pragma once
// The TCP side of a server: STUN messages framed by their length field (RFC 8489 section 6.2.2). What is not STUN is
// closed without an answer; so is a peer that brings no whole message within 10 s. Memory is bounded: a message has at
// most 4,096 bytes, a source at most 64 connections, and there are as many in all as the owner says.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "net/agent.h"
#include "stun/stream_framer.h"

namespace stun {

inline constexpr net::Duration connection_patience = std::chrono::seconds(10);
inline constexpr std::size_t connections_per_source = 64;

class StreamConnections {
 public:
  explicit StreamConnections(std::size_t most) : most_(most) {}

  // Whose message it is.
  struct Origin {
    net::SocketId listener;
    net::SocketId connection;
    net::Endpoint from;
  };
  // The answer to one message, empty for none.
  using Answer = std::function<net::BytesView(const Origin& origin, net::BytesView message)>;

  void accept(const net::Accepted& accepted, net::TimePoint now, std::vector<net::Output>& outputs);
  void receive(const net::StreamBytes& bytes, net::TimePoint now, const Answer& answer,
               std::vector<net::Output>& outputs);
  void finish(net::SocketId connection, std::vector<net::Output>& outputs);  // the peer sends no more
  void forget(net::SocketId connection);                                     // it is closed
  void close_idle(std::vector<net::Output>& outputs);                        // all that are not amid a message
  void close_overdue(net::TimePoint now, std::vector<net::Output>& outputs);

  [[nodiscard]] bool has(net::SocketId connection) const { return open_.contains(connection); }
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const;
  [[nodiscard]] std::size_t size() const { return open_.size(); }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }  // over a limit

 private:
  struct Connection {
    Origin origin;
    net::TimePoint deadline;  // of the next whole message
    StreamFramer framer;
  };
  std::size_t most_;
  std::map<net::SocketId, Connection> open_;
  std::map<net::IpAddress, std::size_t> of_source_;               // how many are open
  std::set<std::pair<net::TimePoint, net::SocketId>> deadlines_;  // of all, the first first
  std::uint64_t refused_ = 0;

  [[nodiscard]] bool full_for(const net::IpAddress& source) const;
  void extend(Connection& connection, net::TimePoint now);
};

}  // namespace stun
