// A server that floods whoever asks it (security: 100,000 replies a second): natprobe ends on time, in little memory.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <thread>

#include "net/file_descriptor.h"
#include "stun/address_attributes.h"
#include "stun/message_builder.h"
#include "tests/programs/program.h"

namespace flooding_server_test {

using namespace std::chrono_literals;

// Answers the first request it hears, over and over; every second copy has another transaction id.
class FloodingServer {
 public:
  FloodingServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    socklen_t size = sizeof any;
    EXPECT_EQ(::bind(socket_.get(), as_address(any), size), 0);
    EXPECT_EQ(::getsockname(socket_.get(), as_address(any), &size), 0);
    port_ = ntohs(any.sin_port);
    const timeval soon{.tv_sec = 0, .tv_usec = 100'000};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
    thread_ = std::thread([this] { flood(); });
  }
  ~FloodingServer() {
    ending_ = true;
    thread_.join();
  }
  FloodingServer(const FloodingServer&) = delete;
  FloodingServer& operator=(const FloodingServer&) = delete;

  [[nodiscard]] std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] std::uint64_t sent() const { return sent_; }

 private:
  static sockaddr* as_address(sockaddr_in& address) { return reinterpret_cast<sockaddr*>(&address); }

  void flood() {
    std::array<std::uint8_t, 2048> request{};
    sockaddr_in client{};
    socklen_t size = sizeof client;
    ssize_t length = -1;
    while (length < 0 && !ending_) {
      length = ::recvfrom(socket_.get(), request.data(), request.size(), 0, as_address(client), &size);
    }
    if (ending_) return;
    const auto asked = stun::Message::decode(net::BytesView(request).first(static_cast<std::size_t>(length)));
    ASSERT_TRUE(asked);
    stun::TransactionId id = asked->id();
    while (!ending_) {
      net::Bytes reply;
      stun::MessageBuilder(reply, stun::MessageClass::Success, stun::Method::Binding, id)
          .add(stun::XorMappedAddress{net::endpoint("203.0.113.9:4711")});
      ::sendto(socket_.get(), reply.data(), reply.size(), 0, as_address(client), size);
      ++sent_;
      id.bytes.back() ^= 1;
    }
  }

  net::FileDescriptor socket_;
  std::uint16_t port_ = 0;
  std::atomic<bool> ending_ = false;
  std::atomic<std::uint64_t> sent_ = 0;
  std::thread thread_;
};

TEST(FloodingServer, IsOutlasted_InLittleMemory) {
  FloodingServer server;
  const auto began = std::chrono::steady_clock::now();
  const auto result = programs::run({"natprobe", "-r", server.endpoint(), "--timeout", "1s"});
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  const auto sent = static_cast<double>(server.sent());
  rusage children{};
  ::getrusage(RUSAGE_CHILDREN, &children);
  std::printf("%.0f replies a second for %.2f s; %ld KiB\n", sent / seconds, seconds, children.ru_maxrss);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.exit_code, 4) << result.err;
  EXPECT_GT(sent, 1'000);
  EXPECT_LT(children.ru_maxrss, 32 * 1024);
}

}  // namespace flooding_server_test
