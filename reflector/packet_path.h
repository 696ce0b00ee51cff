#pragma once
// The reflector's UDP sockets and the threads that answer on them (net/batch_driver.h), each request where it arrives.
// The agent, in a thread of its own, keeps what is left: streams, the partner link, replies that wait. It sends by the
// same sockets, which the ordinary driver is lent.
//
//   PacketPorts ports(config, inherited);  // binds, or CannotWork
//   ports.lend_to(driver);
//   ReflectorAgent agent(config, secret);
//   ...                                   // the driver runs the agent; when it is listening():
//   PacketPath path(ports, agent, [&] { driver.wake(); });
//
// A path that ends answers first what has arrived. The ports stay: what comes until the next path begins waits there.

#include <functional>
#include <vector>

#include "net/batch_driver.h"
#include "net/file_descriptor.h"
#include "net/inherited_sockets.h"
#include "net/socket_driver.h"
#include "reflector/reflector_agent.h"
#include "reflector/topology.h"

namespace reflector {

[[nodiscard]] std::size_t udp_sockets_of(const ReflectorConfig& config);  // in number, at most

// `config.workers` sockets for each STUN port, and one for each partner link. A port that a service manager has opened
// is the one socket it gave, and all workers wait on that.
class PacketPorts {
 public:
  PacketPorts(const ReflectorConfig& config, net::InheritedSockets& inherited);

  void lend_to(net::SocketDriver& driver) const;

  // The sockets one worker sends by, in the order of all_roles, then the link; -1 where there is none.
  [[nodiscard]] std::vector<int> senders(net::Family family, std::size_t worker) const;
  [[nodiscard]] std::size_t workers() const { return workers_; }

 private:
  struct Port {
    net::Family family;
    std::size_t sender;  // its place in senders()
    std::vector<net::FileDescriptor> sockets;
  };
  std::size_t workers_;
  std::vector<Port> ports_;
};

class PacketPath {
 public:
  // `wake`: called from the threads when the agent's next deadline may have come nearer.
  PacketPath(const PacketPorts& ports, ReflectorAgent& agent, std::function<void()> wake);

  [[nodiscard]] net::BatchDriver::Counts counts() const { return driver_.counts(); }  // from any thread

 private:
  net::BatchDriver driver_;
};

}  // namespace reflector
