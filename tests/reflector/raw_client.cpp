#include "tests/reflector/raw_client.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace raw_client {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

sockaddr_in in_system_form(const net::Endpoint& endpoint) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(endpoint.port);
  std::memcpy(&out.sin_addr, endpoint.address.bytes().data(), sizeof out.sin_addr);
  return out;
}

int open_socket(int kind, const std::string& own) {
  const int descriptor = ::socket(AF_INET, kind | SOCK_CLOEXEC, 0);
  if (descriptor < 0) fail("socket");
  const sockaddr_in local = in_system_form({net::address(own), 0});
  sockaddr any{};
  std::memcpy(&any, &local, sizeof local);
  if (::bind(descriptor, &any, sizeof any) != 0) fail("bind " + own);
  return descriptor;
}

bool readable(int descriptor, int milliseconds) {
  pollfd wanted{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, milliseconds) > 0;
}

}  // namespace

std::string address(unsigned host) {
  const auto pid = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(160 + pid / 250 % 64) + "." + std::to_string(pid % 250) + "." + std::to_string(host);
}

UdpClient::UdpClient(const std::string& own) : descriptor_(open_socket(SOCK_DGRAM, own)) {}
UdpClient::~UdpClient() { ::close(descriptor_); }

void UdpClient::send(const net::Endpoint& to, net::BytesView datagram) const {
  const sockaddr_in remote = in_system_form(to);
  sockaddr any{};
  std::memcpy(&any, &remote, sizeof remote);
  const auto sent = ::sendto(descriptor_, datagram.data(), datagram.size(), 0, &any, sizeof any);
  if (sent != static_cast<ssize_t>(datagram.size())) fail("send to " + net::to_string(to));
}

Received UdpClient::receive(bool wait) const {
  if (!readable(descriptor_, wait ? 2000 : 0)) return {};
  net::Bytes buffer(65'536);
  sockaddr any{};
  socklen_t size = sizeof any;
  const auto count = ::recvfrom(descriptor_, buffer.data(), buffer.size(), 0, &any, &size);
  if (count < 0) fail("receive");
  sockaddr_in from{};
  std::memcpy(&from, &any, sizeof from);
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &from.sin_addr, bytes.size());
  buffer.resize(static_cast<std::size_t>(count));
  return {{net::IpAddress::v4(bytes), ntohs(from.sin_port)}, std::move(buffer)};
}

Conversation converse(const std::string& own, const net::Endpoint& to, net::BytesView bytes) {
  const int descriptor = open_socket(SOCK_STREAM, own);
  const sockaddr_in remote = in_system_form(to);
  sockaddr any{};
  std::memcpy(&any, &remote, sizeof remote);
  if (::connect(descriptor, &any, sizeof any) != 0) fail("connect " + net::to_string(to));
  // The other side may close before it has read all: what it refuses needs no more.
  (void)::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(descriptor, SHUT_WR);
  Conversation out;
  net::Bytes buffer(65'536);
  while (!out.ended && readable(descriptor, 10'000)) {
    const auto count = ::recv(descriptor, buffer.data(), buffer.size(), 0);
    out.ended = count <= 0;
    if (count > 0) net::append(out.answered, net::BytesView(buffer).first(static_cast<std::size_t>(count)));
  }
  ::close(descriptor);
  return out;
}

}  // namespace raw_client
