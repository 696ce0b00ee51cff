#pragma once
// A Network under real packets and the steady clock: a thread of its own moves what the attached interfaces send
// through the network's NATs and links, and what arrives out to the interfaces again.

#include <sys/epoll.h>

#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <unordered_map>
#include <vector>

#include "lab/network.h"
#include "lab/wire/packet_socket.h"

namespace lab {

class Wire {
 public:
  explicit Wire(Network network);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // What comes from the lab's end enters the network by this interface of a host, and the reverse. Before start().
  void attach(NodeId interface, const LinkEnd& lab_end);
  void start();

  // Looks at or changes the network (cut a link, reboot a NAT) while it runs.
  void with_network(const std::function<void(Network&)>& action);

 private:
  void run();
  void take_in(NodeId interface, net::TimePoint now);
  void deliver(net::TimePoint now);
  [[nodiscard]] int wait(std::span<epoll_event> events);

  Network network_;
  std::mutex mutex_;                                         // guards network_
  std::unordered_map<std::uint32_t, PacketSocket> sockets_;  // by interface
  ArrivalBuffers buffers_;
  std::vector<PacketSocket*> leaving_;  // those with packets queued, while delivering
  net::FileDescriptor epoll_;
  net::FileDescriptor wake_;                  // an event here: look again, a change was made or it is time to stop
  bool stopping_ = false;                     // guarded by mutex_
  std::optional<net::TimePoint> next_event_;  // the thread's own
  std::thread thread_;
};

}  // namespace lab
