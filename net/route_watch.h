#pragma once
// Says that something about this host's links, addresses or routes has changed (rtnetlink(7)), not what: whoever needs
// to know asks anew what holds (net/interfaces.h, net/routes.h). So a notice that found the buffer full costs nothing.

#include "net/file_descriptor.h"

namespace net {

class RouteWatch {
 public:
  RouteWatch();  // CannotWork

  [[nodiscard]] int descriptor() const { return socket_.get(); }  // readable when there are notices

  // Whether there were any since the last call.
  [[nodiscard]] bool take_notices();

 private:
  FileDescriptor socket_;
};

}  // namespace net
