#pragma once
// libslirp (slirp4netns) or passt (pasta): a program in the router's namespace that is the NAT, with sockets of its own
// towards the world and a tap device as the host's interface, which it makes and gives its address. It needs
// /dev/net/tun and runs as long as this object. IPv4 only: scenarios are checked for that.

#include "lab/nat_profile.h"
#include "lab/wire/interfaces.h"
#include "lab/wire/process.h"

namespace lab {

class UserNat {
 public:
  // Returns once the host can send. Throws CannotWork, Stopped.
  UserNat(Implementation implementation, const Namespace& router, const LinkEnd& host, const net::IpAddress& address);

 private:
  StopSignals stop_;
  Process program_;
};

// The words of its command line; `netns` is a path to the host's namespace. Pure.
[[nodiscard]] std::vector<std::string> user_nat_command(Implementation implementation, const std::string& netns,
                                                        const std::string& interface, const net::IpAddress& address);

}  // namespace lab
