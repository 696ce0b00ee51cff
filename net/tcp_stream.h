#pragma once
// One TCP connection: its state, what is still to be sent on it, and what it wants to be woken for.

#include <Poco/Net/StreamSocket.h>

#include <optional>
#include <vector>

#include "net/agent.h"

namespace net {

class TcpStream {
 public:
  // A connection that is under way, or one that was accepted.
  enum class State : std::uint8_t { Connecting, Open };
  TcpStream(SocketId name, const Poco::Net::StreamSocket& socket, State state);

  [[nodiscard]] int descriptor() const { return socket_.impl()->sockfd(); }
  [[nodiscard]] std::uint32_t wanted_events() const;  // for epoll
  [[nodiscard]] bool has_unsent() const { return sent_ < outgoing_.size(); }
  [[nodiscard]] std::size_t unsent() const { return outgoing_.size() - sent_; }
  [[nodiscard]] bool closing() const { return closing_; }
  [[nodiscard]] bool over() const { return over_; }  // nothing more will come of it: drop it

  // Each adds what it learned to `inputs`; a closing stream has nothing more to tell.
  void send(BytesView bytes, std::vector<Input>& inputs);
  void on_event(std::uint32_t events, std::vector<Input>& inputs);
  void close();  // over() once what was sent is out and the other side is done too

 private:
  void finish_connecting(std::vector<Input>& inputs);
  void read(std::vector<Input>& inputs);
  void flush(std::vector<Input>& inputs);
  void fail(const std::string& why, std::vector<Input>& inputs);
  void finish_sending();

  SocketId name_;
  Poco::Net::StreamSocket socket_;
  State state_;
  Bytes outgoing_;
  std::size_t sent_ = 0;  // of outgoing_
  bool peer_finished_ = false;
  bool closing_ = false;
  bool over_ = false;
};

}  // namespace net
