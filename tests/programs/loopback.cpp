#include "tests/programs/loopback.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace loopback {
namespace {

using net::FileDescriptor;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

sockaddr_in in_system_form(const net::Endpoint& endpoint) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(endpoint.port);
  std::memcpy(&out.sin_addr, endpoint.address.bytes().data(), sizeof out.sin_addr);
  return out;
}

FileDescriptor bound(int type, const std::string& own, std::uint16_t port = 0) {
  FileDescriptor out(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  if (!out) fail("socket");
  const timeval patience{.tv_sec = patience_ms / 1000, .tv_usec = 0};
  ::setsockopt(out.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const sockaddr_in local = in_system_form({net::address(own), port});
  if (::bind(out.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) fail("bind " + own);
  return out;
}

bool connected(const FileDescriptor& socket, const net::Endpoint& to) {
  const sockaddr_in remote = in_system_form(to);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&remote), sizeof remote) == 0;
}

bool readable(const FileDescriptor& socket, int milliseconds) {
  pollfd wanted{.fd = socket.get(), .events = POLLIN, .revents = 0};
  return ::poll(&wanted, 1, milliseconds) > 0;
}

}  // namespace

std::string address(unsigned host) {
  const auto pid = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(64 + pid / 250 % 64) + "." + std::to_string(pid % 250) + "." + std::to_string(host);
}

// ---- UDP -----------------------------------------------------------------------------------------------------------

UdpSocket::UdpSocket(const std::string& own, std::uint16_t port) : socket_(bound(SOCK_DGRAM, own, port)) {}

void UdpSocket::send(const net::Endpoint& to, net::BytesView datagram) const {
  const sockaddr_in remote = in_system_form(to);
  const auto sent = ::sendto(socket_.get(), datagram.data(), datagram.size(), 0,
                             reinterpret_cast<const sockaddr*>(&remote), sizeof remote);
  if (sent != static_cast<ssize_t>(datagram.size())) fail("send to " + net::to_string(to));
}

Received UdpSocket::receive(int patience) const {
  if (!readable(socket_, patience)) return {};
  net::Bytes buffer(65'536);
  sockaddr_in from{};
  socklen_t size = sizeof from;
  const auto count =
      ::recvfrom(socket_.get(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  if (count < 0) fail("receive");
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &from.sin_addr, bytes.size());
  buffer.resize(static_cast<std::size_t>(count));
  return {{net::IpAddress::v4(bytes), ntohs(from.sin_port)}, std::move(buffer)};
}

UdpClient::UdpClient(const std::string& from, const std::string& to, std::uint16_t port)
    : socket_(from), server_{net::address(to), port} {}

void UdpClient::send(const std::string& bytes) const { socket_.send(server_, net::as_bytes(bytes)); }

std::size_t UdpClient::ask(int patience) {
  std::string request = bare_request;
  const std::string number = std::to_string(++asked_);
  std::copy(number.begin(), number.end(), request.begin() + 8);
  send(request);
  for (Received reply = socket_.receive(patience); !reply.bytes.empty(); reply = socket_.receive(patience)) {
    if (reply.bytes.size() >= 20 && std::memcmp(&reply.bytes[4], &request[4], 16) == 0) return reply.bytes.size();
  }
  return 0;
}

// ---- TCP -----------------------------------------------------------------------------------------------------------

FileDescriptor connect(const std::string& from, const std::string& to, std::uint16_t port) {
  FileDescriptor out = bound(SOCK_STREAM, from);
  return connected(out, {net::address(to), port}) ? std::move(out) : FileDescriptor();
}

void write(const FileDescriptor& connection, const std::string& text) {
  (void)::send(connection.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

std::string read(const FileDescriptor& connection, std::size_t size) {
  std::string all;
  std::array<char, 4096> part;
  while (all.size() < size) {
    const auto got = ::recv(connection.get(), part.data(), std::min(part.size(), size - all.size()), 0);
    if (got <= 0) break;
    all.append(part.data(), static_cast<std::size_t>(got));
  }
  return all;
}

std::string read_to_end(const FileDescriptor& connection) { return read(connection, std::string::npos); }

std::string get(const std::string& from, const std::string& to, std::uint16_t port, const std::string& path) {
  const FileDescriptor connection = connect(from, to, port);
  if (!connection) return {};
  write(connection, "GET " + path + " HTTP/1.1\r\nHost: anything.example\r\n\r\n");
  return read_to_end(connection);
}

Conversation converse(const std::string& own, const net::Endpoint& to, net::BytesView bytes) {
  const FileDescriptor connection = bound(SOCK_STREAM, own);
  if (!connected(connection, to)) fail("connect " + net::to_string(to));
  // The other side may close before it has read all: what it refuses needs no more.
  (void)::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  ::shutdown(connection.get(), SHUT_WR);
  Conversation out;
  net::Bytes buffer(65'536);
  while (!out.ended && readable(connection, 10'000)) {
    const auto count = ::recv(connection.get(), buffer.data(), buffer.size(), 0);
    out.ended = count <= 0;
    if (count > 0) net::append(out.answered, net::BytesView(buffer).first(static_cast<std::size_t>(count)));
  }
  return out;
}

}  // namespace loopback
