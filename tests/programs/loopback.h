#pragma once
// Clients of a natreflector process, on loopback addresses that nobody else uses.

#include <string>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/file_descriptor.h"

namespace loopback {

// 127.x.y.HOST of this process, so that tests may run side by side.
[[nodiscard]] std::string address(unsigned host);

inline constexpr int patience_ms = 2000;

struct Received {
  net::Endpoint from;
  net::Bytes bytes;
};

// Sends whatever bytes it likes to whomever.
class UdpSocket {
 public:
  explicit UdpSocket(const std::string& own, std::uint16_t port = 0);  // 0: any port

  void send(const net::Endpoint& to, net::BytesView datagram) const;
  [[nodiscard]] Received receive(int patience = patience_ms) const;  // the next; no bytes after so long a silence

 private:
  net::FileDescriptor socket_;
};

// A client of one server.
class UdpClient {
 public:
  UdpClient(const std::string& from, const std::string& to, std::uint16_t port = 3478);

  // Sends a bare Binding request; the size of its answer, 0 for none in time.
  [[nodiscard]] std::size_t ask(int patience = patience_ms);
  void send(const std::string& bytes) const;

 private:
  UdpSocket socket_;
  net::Endpoint server_;
  std::uint32_t asked_ = 0;
};

// A TCP connection from `from`, invalid where it is refused; it waits at most two seconds for anything.
[[nodiscard]] net::FileDescriptor connect(const std::string& from, const std::string& to, std::uint16_t port = 3478);
void write(const net::FileDescriptor& connection, const std::string& text);
[[nodiscard]] std::string read(const net::FileDescriptor& connection, std::size_t size);  // that much
[[nodiscard]] std::string read_to_end(
    const net::FileDescriptor& connection);  // what came until it ended, or 2 s passed

// The whole reply to a GET, from a connection of its own.
[[nodiscard]] std::string get(const std::string& from, const std::string& to, std::uint16_t port,
                              const std::string& path);

// What comes back on a TCP connection that brings these bytes and then says that there are no more, up to its end.
struct Conversation {
  net::Bytes answered;
  bool ended = false;  // the other side closed it, rather than that ten seconds went by
};
[[nodiscard]] Conversation converse(const std::string& own, const net::Endpoint& to, net::BytesView bytes);

inline const std::string bare_request(
    "\0\1\0\0\x21\x12\xA4\x42"
    "0123456789ab",
    20);

}  // namespace loopback
