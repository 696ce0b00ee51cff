#pragma once
// The open UDP sockets of one driver, by the agent's names for them.

#include <Poco/Net/DatagramSocket.h>

#include <span>
#include <unordered_map>
#include <vector>

#include "net/agent.h"
#include "net/datagram_batch.h"
#include "net/event_poll.h"
#include "net/fragment_socket.h"
#include "net/inherited_sockets.h"

namespace net {

class UdpSockets {
 public:
  UdpSockets(EventPoll& poll, InheritedSockets& inherited) : poll_(poll), inherited_(inherited) {}

  // Opened or OpenFailed. The poll then reports its readiness under the name given.
  [[nodiscard]] Input open(const OpenUdp& request);
  void close(SocketId socket);
  void close_all();
  [[nodiscard]] bool is_open(SocketId socket) const { return sockets_.contains(socket.value); }

  // A run of Sends on one socket with one dont_fragment, at most batch_size; how many the kernel took. What goes
  // in_fragments is a run of its own.
  std::size_t send(std::span<const Output> run);

  // How many datagrams were there; datagram(n) is read from the batch.
  std::size_t receive(SocketId socket);
  void read(std::size_t n, Datagram& into) const { received_.read(n, into); }

  // Empties the socket's error queue; what was no ICMP message is passed over.
  void take_errors(SocketId socket, std::vector<Input>& into);

 private:
  struct Socket {
    Poco::Net::DatagramSocket socket;
    Family family;
    bool dont_fragment = false;
    bool divides_early = false;
    std::optional<FragmentSocket> fragments = std::nullopt;
  };
  void prepare(Socket& socket, std::span<const Output> run) const;

  EventPoll& poll_;
  InheritedSockets& inherited_;
  std::unordered_map<std::uint32_t, Socket> sockets_;
  ReceiveBatch received_;
  SendBatch to_send_;
};

}  // namespace net
