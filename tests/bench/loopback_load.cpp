#include "tests/bench/loopback_load.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace bench {
namespace {

using Clock = std::chrono::steady_clock;

sockaddr_in address_of(const std::string& text, std::uint16_t port) {
  sockaddr_in out{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {}, .sin_zero = {}};
  ::inet_pton(AF_INET, text.c_str(), &out.sin_addr);
  return out;
}

sockaddr as_any(const sockaddr_in& address) {
  sockaddr any{};
  std::memcpy(&any, &address, sizeof address);
  return any;
}

}  // namespace

void pin(int thread_or_process, unsigned core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  ::sched_setaffinity(thread_or_process, sizeof set, &set);
}

int connected_udp(const std::string& from, const std::string& to, std::uint16_t port) {
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr local = as_any(address_of(from, 0));
  const sockaddr remote = as_any(address_of(to, port));
  if (::bind(descriptor, &local, sizeof local) != 0 || ::connect(descriptor, &remote, sizeof remote) != 0) {
    throw std::runtime_error(fmt::format("{} to {}: {}", from, to, std::strerror(errno)));
  }
  return descriptor;
}

BindingLoad::BindingLoad(const std::string& from, const std::string& to, std::uint16_t port)
    : descriptor_(connected_udp(from, to, port)) {
  const int room = 4 * 1024 * 1024;
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
}

BindingLoad::~BindingLoad() { ::close(descriptor_); }

std::uint16_t BindingLoad::port() const {
  sockaddr any{};
  socklen_t size = sizeof any;
  ::getsockname(descriptor_, &any, &size);
  sockaddr_in address{};
  std::memcpy(&address, &any, sizeof address);
  return ntohs(address.sin_port);
}

void BindingLoad::send_one(Tally& tally) {
  std::array<std::uint8_t, 20> request = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
  const auto number = net::u32_bytes(next_);
  std::copy(number.begin(), number.end(), request.end() - 4);
  if (::send(descriptor_, request.data(), request.size(), 0) != 20) return;  // one that a restart refused (ICMP)
  under_way_[next_ % under_way_.size()] = true;
  ++next_;
  ++tally.asked;
}

bool BindingLoad::receive(Tally& tally, int patience_ms) {
  pollfd readable{.fd = descriptor_, .events = POLLIN, .revents = 0};
  if (::poll(&readable, 1, patience_ms) <= 0) return false;
  std::array<std::uint8_t, 2048> reply{};
  for (ssize_t size = 0; (size = ::recv(descriptor_, reply.data(), reply.size(), MSG_DONTWAIT)) > 0;) {
    const bool success = size >= 20 && net::get_u16(reply) == 0x0101;
    const std::uint32_t number = net::get_u32(net::BytesView(reply).subspan(16));
    const auto place = under_way_.begin() + number % static_cast<std::uint32_t>(under_way_.size());
    const bool right = success && *place;
    if (right) *place = false;
    ++(right ? tally.answered : tally.wrong);
  }
  return true;
}

BindingLoad::Tally BindingLoad::ask(double rate, Clock::duration duration) {
  Tally tally;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const double end = std::chrono::duration<double>(duration).count();
  std::uint64_t given_up = 0;
  while (elapsed() < end) {
    const double due = rate > 0 ? rate * elapsed() : static_cast<double>(tally.answered + given_up + 32);
    for (int burst = 0; static_cast<double>(tally.asked) < due && burst < 64; ++burst) send_one(tally);
    const bool heard = receive(tally, rate > 0 ? 1 : 20);
    if (!heard && rate <= 0) given_up = tally.asked - tally.answered;
  }
  tally.seconds = elapsed();
  while (receive(tally, 200)) {
  }
  return tally;
}

std::uint64_t kernel_drops(const std::string& address, std::uint16_t port) {
  const std::string wanted = fmt::format("{:08X}:{:04X}", address_of(address, port).sin_addr.s_addr, port);
  std::ifstream table("/proc/net/udp");
  std::uint64_t drops = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream row(line);
    const std::vector<std::string> words{std::istream_iterator<std::string>(row), {}};
    if (words.size() > 2 && words[1] == wanted) drops += std::stoull(words.back());  // its last column
  }
  return drops;
}

}  // namespace bench
