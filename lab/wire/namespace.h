#pragma once
// A network namespace without a name: nothing but this object's descriptor (and the processes and sockets made inside)
// keeps it alive. So all that was set up inside, both ends of every veth pair included, vanishes with this process,
// even when it is killed, and no other namespace is touched. Needs CAP_SYS_ADMIN and CAP_NET_ADMIN, as root has, or
// anyone under `unshare --user --map-root-user`.

#include <functional>
#include <string_view>

#include "net/file_descriptor.h"

namespace lab {

class Namespace {
 public:
  // With its loopback up, otherwise silent. Throws CannotWork where the system refuses ("make a network namespace:
  // ...").
  Namespace();

  // For setns(2) and for netlink's "into that namespace".
  [[nodiscard]] int fd() const { return fd_.get(); }

  // Runs the action inside, in a thread of its own; what it throws comes out here. Sockets opened inside stay inside.
  void run(const std::function<void()>& action) const;

  // Writes /proc/sys/net/<key>; throws CannotWork.
  void set_sysctl(std::string_view key, std::string_view value) const;

 private:
  net::FileDescriptor fd_;
};

}  // namespace lab
