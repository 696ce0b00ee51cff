#include "tests/programs/loopback_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace programs {
namespace {

sockaddr_in system_address(const std::string& text, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, text.c_str(), &out.sin_addr);
  return out;
}

}  // namespace

std::string loopback(unsigned host) {
  const auto pid = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(64 + pid / 250 % 64) + "." + std::to_string(pid % 250) + "." + std::to_string(host);
}

LoopbackClient::LoopbackClient(const std::string& address) : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  const sockaddr_in local = system_address(address, 0);
  if (::bind(socket_, reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
    throw std::runtime_error("cannot bind " + address);
  }
}

LoopbackClient::~LoopbackClient() { ::close(socket_); }

std::size_t LoopbackClient::ask(const std::string& server, std::uint16_t port, unsigned patience_ms) {
  std::array<unsigned char, 20> request = {0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42};
  ++asked_;
  std::memcpy(&request[16], &asked_, sizeof asked_);
  const sockaddr_in remote = system_address(server, port);
  ::sendto(socket_, request.data(), request.size(), 0, reinterpret_cast<const sockaddr*>(&remote), sizeof remote);
  std::array<unsigned char, 2048> reply{};
  pollfd ready{.fd = socket_, .events = POLLIN, .revents = 0};
  while (::poll(&ready, 1, static_cast<int>(patience_ms)) > 0) {
    const ssize_t size = ::recv(socket_, reply.data(), reply.size(), 0);
    if (size >= 20 && std::memcmp(&reply[4], &request[4], 16) == 0) return static_cast<std::size_t>(size);
  }
  return 0;
}

}  // namespace programs
