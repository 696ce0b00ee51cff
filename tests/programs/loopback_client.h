#pragma once
// A client of a reflector on loopback, from whatever address of 127.0.0.0/8, for tests of programs from outside.

#include <cstdint>
#include <string>

namespace programs {

// 127.x.y.HOST of this process, so that tests may run side by side.
[[nodiscard]] std::string loopback(unsigned host);

class LoopbackClient {
 public:
  explicit LoopbackClient(const std::string& address);
  ~LoopbackClient();
  LoopbackClient(const LoopbackClient&) = delete;
  LoopbackClient& operator=(const LoopbackClient&) = delete;

  // A bare Binding request; the size of its answer, 0 for none in time.
  [[nodiscard]] std::size_t ask(const std::string& server, std::uint16_t port = 3478, unsigned patience_ms = 2000);

 private:
  int socket_;
  std::uint32_t asked_ = 0;
};

}  // namespace programs
