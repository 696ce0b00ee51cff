#pragma once
// A client of the program that sends whatever bytes it likes, from loopback addresses that nobody else uses.

#include <string>

#include "net/bytes.h"
#include "net/endpoint.h"

namespace raw_client {

// 127.x.y.z of this process, so that tests may run side by side.
[[nodiscard]] std::string address(unsigned host);

struct Received {
  net::Endpoint from;
  net::Bytes bytes;
};

class UdpClient {
 public:
  explicit UdpClient(const std::string& own);  // any port
  ~UdpClient();
  UdpClient(const UdpClient&) = delete;
  UdpClient& operator=(const UdpClient&) = delete;

  void send(const net::Endpoint& to, net::BytesView datagram) const;
  // The next datagram; without a sender after two seconds of silence, or at once with `wait` false.
  [[nodiscard]] Received receive(bool wait = true) const;

 private:
  int descriptor_;
};

// What comes back on a TCP connection that brings these bytes and then says that there are no more, up to its end.
struct Conversation {
  net::Bytes answered;
  bool ended = false;  // the other side closed it, rather than that ten seconds went by
};
[[nodiscard]] Conversation converse(const std::string& own, const net::Endpoint& to, net::BytesView bytes);

}  // namespace raw_client
