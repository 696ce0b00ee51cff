// Threat row 6 on real sockets: the program is flooded from a million addresses of 127.0.0.0/8. It grows by no more
// than a mebibyte, and an honest client is answered.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <fstream>

#include "tests/programs/loopback.h"
#include "tests/programs/program.h"

namespace forged_sources_test {

using Clock = std::chrono::steady_clock;

constexpr unsigned sources = 1'000'000;
constexpr unsigned sources_between_questions = 10'000;
constexpr unsigned burst = 50;
constexpr auto between_bursts = std::chrono::microseconds(500);  // 100,000 a second, for ten seconds
constexpr std::size_t most_growth_kib = 1024;

// Of the process, in KiB: what it holds in memory.
std::size_t resident(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stoul(line.substr(6));
  }
  return 0;
}

// Sends bare Binding requests, each from another address: 127.0.0.0/8 in a stride that visits all its /24s alike.
class Forger {
 public:
  explicit Forger(const std::string& server) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    server_.sin_family = AF_INET;
    server_.sin_port = htons(3478);
    ::inet_pton(AF_INET, server.c_str(), &server_.sin_addr);
  }
  ~Forger() { ::close(socket_); }
  Forger(const Forger&) = delete;
  Forger& operator=(const Forger&) = delete;

  bool send(unsigned number) {
    std::array<unsigned char, 20> request = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
    std::memcpy(&request[8], &number, sizeof number);
    iovec data{.iov_base = request.data(), .iov_len = request.size()};
    in_pktinfo source{};
    source.ipi_spec_dst.s_addr = htonl(0x7F000000U + (number * 11'400'713U & 0xFFFFFFU));
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof source)> control{};
    msghdr header{.msg_name = &server_,
                  .msg_namelen = sizeof server_,
                  .msg_iov = &data,
                  .msg_iovlen = 1,
                  .msg_control = control.data(),
                  .msg_controllen = control.size()};
    cmsghdr* item = CMSG_FIRSTHDR(&header);
    item->cmsg_level = IPPROTO_IP;
    item->cmsg_type = IP_PKTINFO;
    item->cmsg_len = CMSG_LEN(sizeof source);
    std::memcpy(CMSG_DATA(item), &source, sizeof source);
    return ::sendmsg(socket_, &header, 0) > 0;
  }

 private:
  int socket_;
  sockaddr_in server_{};
};

TEST(ForgedSources, AMillion_TakeNoMemory_AndAnHonestClientIsAnswered) {
  const std::string own = loopback::address(1);
  programs::Background reflector({"natreflector", "--listen", own}, {.timeout = std::chrono::minutes(3)});
  ASSERT_TRUE(reflector.wait_for("listening on tcp")) << reflector.err();
  loopback::UdpClient honest(loopback::address(9), own);
  for (int i = 0; i < 20; ++i) ASSERT_EQ(honest.ask(), 56U);
  const std::size_t before = resident(reflector.pid());

  Forger forger(own);
  unsigned sent = 0;
  unsigned asked = 0;
  unsigned answered = 0;
  auto due = Clock::now();
  for (unsigned number = 0; number < sources; ++number) {
    sent += forger.send(number) ? 1U : 0U;
    if (number % burst == 0) {
      due += between_bursts;
      while (Clock::now() < due) continue;
    }
    if (number % sources_between_questions != 0) continue;
    ++asked;
    answered += honest.ask(500) == 56 ? 1U : 0U;
  }
  EXPECT_GE(sent, sources - sources / 100);  // a few of 127.0.0.0/8 are nobody's to send from
  EXPECT_GE(100 * answered, 99 * asked) << answered << " of " << asked;
  const std::size_t after = resident(reflector.pid());
  EXPECT_LE(after, before + most_growth_kib) << "KiB, from " << before;
  std::printf("%u of %u honest requests answered; %zu KiB before, %zu after\n", answered, asked, before, after);
}

}  // namespace forged_sources_test
