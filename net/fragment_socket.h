#pragma once
// Sends datagrams in fragments of our own making, by a raw socket: what needs CAP_NET_RAW. Connection tracking of this
// host would put them in order again before they leave: IPv4 fragments are led past it (IP_NODEFRAG); IPv6 has no such
// way, so there the socket cannot be had where connections are tracked.

#include <string>

#include "net/agent.h"
#include "net/file_descriptor.h"

namespace net {

class FragmentSocket {
 public:
  // `interface`: as in OpenUdp. Throws Poco's exceptions where the system does not let us, or would change the order.
  FragmentSocket(Family family, const std::string& interface);

  // From this local endpoint, as `send.in_fragments` says. Whether the kernel took all parts.
  [[nodiscard]] bool send(const Endpoint& from, const Send& send);

 private:
  FileDescriptor descriptor_;
  std::uint32_t next_id_;
};

}  // namespace net
