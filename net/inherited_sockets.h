#pragma once
// Sockets that a service manager has opened for us (systemd's socket activation: LISTEN_PID, LISTEN_FDS). Each is known
// by what it is, a bound UDP socket or a TCP listener, and by its local address; an open that asks for exactly that
// gets it. So a restart loses no datagram: the socket, and what waits in it, lives on in the manager.

#include <optional>
#include <string>
#include <vector>

#include "net/endpoint.h"
#include "net/file_descriptor.h"

namespace net {

class InheritedSockets {
 public:
  enum class Kind : std::uint8_t { Udp, Tcp };

  InheritedSockets() = default;  // none

  // Those this process was given, if any; the variables are taken out of the environment. CannotWork for one that is
  // neither of the two kinds, or not of IPv4 or IPv6: "inherited socket 4: no UDP socket or TCP listener".
  [[nodiscard]] static InheritedSockets from_environment();

  // The socket that is bound so, once; without it the caller opens one.
  [[nodiscard]] FileDescriptor take(Kind kind, const Endpoint& local);

  // "udp 192.0.2.1:3478": given, and not taken by anybody.
  [[nodiscard]] std::vector<std::string> untaken() const;

 private:
  struct Socket {
    FileDescriptor descriptor;
    Kind kind;
    Endpoint local;
  };
  std::vector<Socket> sockets_;
};

}  // namespace net
