#pragma once
// The connections of one attempt over TCP, all from one local port: the first to the rendezvous, which learns from it
// how the NAT maps that port, the others to the places of the other side, which connects to us at the same time (RFC
// 9293 section 3.5, RFC 5382 REQ-2). Messages follow each other in the streams (RFC 8489 section 6.2.2). Pure.
//
// What is to be sent where no connection stands yet is not sent: the attempt to connect stands for it. A connection
// that was refused is tried again with the next message.

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "net/agent.h"
#include "stun/stream_framer.h"

namespace traversal {

class StreamPaths {
 public:
  // Names its connections from `first` on, most_connections of them.
  StreamPaths(const net::Endpoint& rendezvous, net::SocketId first);
  static constexpr std::uint32_t most_connections = 128;

  void open();  // to the rendezvous
  void handle(const net::Input& input);
  void send(const net::Endpoint& to, net::Bytes message);
  void close();

  // Our own end, once the rendezvous is connected.
  [[nodiscard]] const std::optional<net::Endpoint>& local() const { return local_; }
  struct Message {
    net::Endpoint from;
    net::Bytes payload;
  };
  [[nodiscard]] std::vector<Message> take_messages();
  void take_outputs(std::vector<net::Output>& into);

 private:
  struct Connection {
    net::Endpoint remote;
    bool open = false;
    stun::StreamFramer framer;
  };

  net::Endpoint rendezvous_;
  std::uint32_t next_;
  std::uint32_t end_;
  std::optional<net::Endpoint> local_;
  std::map<net::SocketId, Connection> connections_;
  std::vector<Message> messages_;
  std::vector<net::Output> outputs_;

  void connect(const net::Endpoint& to, const net::Endpoint& from);
  void handle_connected(const net::Connected& connected);
  void handle_bytes(const net::StreamBytes& bytes);
  void end(net::SocketId connection);
};

}  // namespace traversal
