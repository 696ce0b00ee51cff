#pragma once
// Lets an agent whose signals are datagrams speak them over TCP instead, where UDP is blocked: the socket that it opens
// towards the rendezvous becomes a connection there (RFC 8489 section 6.2.2), its other sockets and connections stay
// what they are. The agent is told of it as of any socket. A connection that breaks is made anew by the next thing the
// agent sends, and the agent is told that its socket has been opened; one that brings nothing is an open that failed,
// until something has been heard.

#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "stun/stream_framer.h"

namespace traversal {

class StreamDialer final : public net::Agent {
 public:
  StreamDialer(net::Agent& inner, net::SocketId socket) : inner_(inner), signal_socket_(socket) {}

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override { return inner_.next_deadline(); }
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return inner_.finished(); }
  [[nodiscard]] bool heard() const { return heard_; }  // a message, on any connection

 private:
  enum class State : std::uint8_t { None, Connecting, Open };

  net::Agent& inner_;
  net::SocketId signal_socket_;
  std::optional<net::Endpoint> remote_;
  net::SocketId connection_;  // of many, one after the other
  State state_ = State::None;
  bool heard_ = false;
  stun::StreamFramer framer_;
  std::vector<net::Output> outputs_;

  void connect();
  void handle_connected(net::TimePoint now, const net::Connected& connected);
  void handle_bytes(net::TimePoint now, const net::StreamBytes& bytes);
  void handle_closed(net::TimePoint now, const std::string& reason);
  void take_inner_outputs();
  void carry_out(net::Send send);
};

}  // namespace traversal
