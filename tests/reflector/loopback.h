#pragma once
// Clients of a natreflector process, on loopback addresses that nobody else uses.

#include <string>

#include "net/file_descriptor.h"

namespace loopback {

// 127.x.y.z of this process, so that tests may run side by side.
[[nodiscard]] std::string address(unsigned host);

// A bound UDP client of one server.
class UdpClient {
 public:
  UdpClient(const std::string& from, const std::string& to, unsigned short port = 3478);
  // Sends a bare Binding request; the size of the answer, 0 for none within two seconds.
  [[nodiscard]] std::size_t ask() const;
  void send(const std::string& bytes) const;

 private:
  net::FileDescriptor socket_;
};

// A TCP connection from `from`, invalid where it is refused; it waits at most two seconds for anything.
[[nodiscard]] net::FileDescriptor connect(const std::string& from, const std::string& to, unsigned short port = 3478);
void write(const net::FileDescriptor& connection, const std::string& text);
[[nodiscard]] std::string read(const net::FileDescriptor& connection, std::size_t size);  // that much
[[nodiscard]] std::string read_to_end(const net::FileDescriptor& connection);  // what came until it ended, or 2 s passed

// The whole reply to a GET, from a connection of its own.
[[nodiscard]] std::string get(const std::string& from, const std::string& to, unsigned short port,
                              const std::string& path);

inline const std::string bare_request("\0\1\0\0\x21\x12\xA4\x42"
                                      "0123456789ab",
                                      20);

}  // namespace loopback
