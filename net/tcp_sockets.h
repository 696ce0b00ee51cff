#pragma once
// The TCP listeners and connections of one driver, by the agent's names for them.

#include <Poco/Net/ServerSocket.h>

#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

#include "net/event_poll.h"
#include "net/inherited_sockets.h"
#include "net/tcp_stream.h"

namespace net {

class TcpSockets {
 public:
  TcpSockets(EventPoll& poll, InheritedSockets& inherited);

  // What comes of these, at once or by an event of the poll, is added to `inputs`.
  void listen(const Listen& request, std::vector<Input>& inputs);
  void connect(const Connect& request, std::vector<Input>& inputs);
  void send(const SendStream& request, std::vector<Input>& inputs);
  void on_event(SocketId socket, std::uint32_t events, std::vector<Input>& inputs);

  void close(SocketId socket, TimePoint now);  // a stream lingers, see max_linger
  void close_all();

  // Lingering streams are dropped when their time has come; this is when the next one's does.
  [[nodiscard]] std::optional<TimePoint> next_deadline() const;
  void drop_lingering(TimePoint now);

  [[nodiscard]] bool has_unsent() const;
  [[nodiscard]] std::size_t unsent(SocketId stream) const;  // bytes; 0 for one that is not open
  [[nodiscard]] std::uint64_t refused_accepts() const { return refused_accepts_; }

 private:
  struct Lingering {
    TimePoint until;
    std::uint32_t socket;
  };

  void accept(SocketId listener, std::vector<Input>& inputs);
  void refuse_one(int listener);
  void adopt(SocketId name, const Poco::Net::StreamSocket& socket, TcpStream::State state);
  void settle(std::uint32_t socket);

  EventPoll& poll_;
  InheritedSockets& inherited_;
  std::unordered_map<std::uint32_t, Poco::Net::ServerSocket> listeners_;
  struct Watched {
    TcpStream stream;
    std::uint32_t events;
  };
  std::unordered_map<std::uint32_t, Watched> streams_;
  std::deque<Lingering> lingering_;  // the oldest first: all linger equally long
  std::uint32_t next_accepted_ = first_accepted_id;
  FileDescriptor spare_;  // given up for a moment to take, and drop, a connection when there are no descriptors left
  std::uint64_t refused_accepts_ = 0;
};

}  // namespace net
