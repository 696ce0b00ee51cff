#pragma once
// The IP packets that arrive at one interface, and a way to put packets on it (packet(7)). The kernel strips and makes
// the link header; what we send is not seen again.

#include <optional>

#include "lab/wire/interfaces.h"
#include "net/bytes.h"

namespace lab {

class PacketSocket {
 public:
  explicit PacketSocket(const LinkEnd& end);

  [[nodiscard]] int fd() const { return fd_.get(); }

  // The next IPv4 or IPv6 packet, or nothing when there is none. Never waits.
  [[nodiscard]] std::optional<net::Bytes> receive() const;
  // A full queue drops it, as links do.
  void send(net::BytesView packet) const;

 private:
  net::FileDescriptor fd_;
  int interface_ = 0;
};

}  // namespace lab
