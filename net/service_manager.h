#pragma once
// What a service manager is told of a service's life, by the protocol of sd_notify(3): datagrams of text to the socket
// named by NOTIFY_SOCKET. Without that variable nothing is sent; a manager that does not listen is no error.

#include <optional>
#include <string>
#include <string_view>

#include "net/file_descriptor.h"
#include "net/time.h"

namespace net {

class ServiceManager {
 public:
  ServiceManager();  // reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes them out of the environment

  void ready(std::string_view status) const;  // also the end of a reload
  void reloading(TimePoint now) const;        // of the steady clock
  void stopping() const;

  // Where the manager restarts a service that is silent too long: a descriptor that is readable whenever it should be
  // told again, twice as often as it demands; -1 where it does not.
  [[nodiscard]] int watchdog() const { return watchdog_.get(); }
  void alive() const;

 private:
  std::string address_;
  FileDescriptor socket_;
  FileDescriptor watchdog_;

  void tell(const std::string& text) const;
};

}  // namespace net
