#pragma once
// Between Endpoint and what the system's sockets and Poco speak. Only for the driver's files.

#include <Poco/Exception.h>
#include <Poco/Net/Socket.h>
#include <Poco/Net/SocketAddress.h>
#include <sys/socket.h>

#include <string>

#include "net/endpoint.h"
#include "net/file_descriptor.h"

namespace net {

[[nodiscard]] Poco::Net::SocketAddress to_poco(const Endpoint& endpoint);
[[nodiscard]] Endpoint from_system(const sockaddr* address);
[[nodiscard]] Endpoint local_endpoint(int descriptor);  // getsockname

// Packets of this socket leave and come by this interface alone (SO_BINDTODEVICE); nothing to do for an empty name.
// Throws Poco's exceptions.
void bind_to_interface(int descriptor, const std::string& interface);

// A socket that is open already, as one of Poco's kind; `socket` gives it up. For the constructors that take a Socket.
template <typename Impl>
class AdoptedSocket : public Poco::Net::Socket {
 public:
  explicit AdoptedSocket(FileDescriptor& socket) : Poco::Net::Socket(new Adopted(socket.release())) {}

 private:
  struct Adopted : Impl {
    explicit Adopted(int descriptor) { this->reset(descriptor); }
  };
};

// The system's words, "Address already in use", where there is an errno; else what Poco says.
[[nodiscard]] std::string reason(const Poco::Exception& error);
[[nodiscard]] std::string reason(int system_error);

}  // namespace net
