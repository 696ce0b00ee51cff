#pragma once
// A simple load for a reflector on loopback: bare Binding requests from one socket, each with an id of its own, every
// answer checked against the ids under way.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "net/bytes.h"

namespace bench {

void pin(int thread_or_process, unsigned core);  // 0: the calling thread

class BindingLoad {
 public:
  BindingLoad(const std::string& from, const std::string& to, std::uint16_t port = 3478);
  ~BindingLoad();
  BindingLoad(const BindingLoad&) = delete;
  BindingLoad& operator=(const BindingLoad&) = delete;

  struct Tally {
    std::uint64_t asked = 0;
    std::uint64_t answered = 0;  // once each, rightly
    std::uint64_t wrong = 0;     // not a success, or of no request under way
    double seconds = 0;
    [[nodiscard]] double answers_a_second() const { return static_cast<double>(answered) / seconds; }
  };
  // `rate` requests a second; 0: as fast as answers come, 32 under way. Waits for stragglers at the end.
  Tally ask(double rate, std::chrono::steady_clock::duration duration);

  [[nodiscard]] std::uint16_t port() const;

 private:
  int descriptor_;
  std::uint32_t next_ = 0;
  std::vector<bool> under_way_ = std::vector<bool>(1U << 20);

  void send_one(Tally& tally);
  bool receive(Tally& tally, int patience_ms);
};

// A connected UDP socket on loopback.
[[nodiscard]] int connected_udp(const std::string& from, const std::string& to, std::uint16_t port);

// Datagrams that the kernel dropped because the socket of this address and port was full (/proc/net/udp).
[[nodiscard]] std::uint64_t kernel_drops(const std::string& address, std::uint16_t port);

}  // namespace bench
