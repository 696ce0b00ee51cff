#pragma once
// Lets an agent that speaks STUN in datagrams be spoken to over TCP as well, for hosts whose UDP is blocked: every
// whole message of a connection (RFC 8489 section 6.2.2) is told to it as a datagram of a socket named as the
// connection, and what it sends on that socket goes out on the connection. It listens wherever a socket of the agent is
// bound. Limits of connections: stun/stream_connections.h.

#include <optional>
#include <string>
#include <vector>

#include "net/agent.h"
#include "stun/stream_connections.h"

namespace traversal {

// Whether a datagram's socket is a connection.
[[nodiscard]] constexpr bool is_stream(net::SocketId socket) { return socket.value >= net::first_accepted_id; }

class StreamDoor final : public net::Agent {
 public:
  StreamDoor(net::Agent& inner, std::size_t most_connections) : inner_(inner), connections_(most_connections) {}

  void start(net::TimePoint now) override;
  void handle(net::TimePoint now, const net::Input& input) override;
  void tick(net::TimePoint now) override;
  [[nodiscard]] std::optional<net::TimePoint> next_deadline() const override;
  [[nodiscard]] std::vector<net::Output> take_outputs() override;
  [[nodiscard]] bool finished() const override { return failure_.has_value() || inner_.finished(); }

  [[nodiscard]] const std::vector<net::Endpoint>& listening() const { return listening_; }  // as far as it is bound
  [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }      // "listen on ...: in use"
  [[nodiscard]] const stun::StreamConnections& connections() const { return connections_; }

 private:
  net::Agent& inner_;
  stun::StreamConnections connections_;
  std::uint32_t listeners_ = 0;  // asked for
  std::vector<net::Endpoint> listening_;
  std::optional<std::string> failure_;
  std::vector<net::Output> outputs_;

  [[nodiscard]] bool is_listener(net::SocketId socket) const;
  void handle_opened(net::TimePoint now, const net::Opened& opened);
  void handle_bytes(net::TimePoint now, const net::StreamBytes& bytes);
  void take_inner_outputs();
};

}  // namespace traversal
