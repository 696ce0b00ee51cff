#include "tests/reflector/loopback.h"

#include <arpa/inet.h>
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

sockaddr_in to_system(const std::string& address, unsigned short port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &out.sin_addr);
  return out;
}

FileDescriptor bound(int type, const std::string& from) {
  FileDescriptor out(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(out.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const sockaddr_in local = to_system(from, 0);
  if (::bind(out.get(), reinterpret_cast<const sockaddr*>(&local), sizeof local) != 0) {
    throw std::runtime_error("bind " + from + ": " + std::strerror(errno));
  }
  return out;
}

bool connected(const FileDescriptor& socket, const std::string& to, unsigned short port) {
  const sockaddr_in remote = to_system(to, port);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&remote), sizeof remote) == 0;
}

}  // namespace

std::string address(unsigned host) {
  const auto pid = static_cast<unsigned>(::getpid());
  return "127." + std::to_string(64 + pid / 250 % 64) + "." + std::to_string(pid % 250) + "." + std::to_string(host);
}

UdpClient::UdpClient(const std::string& from, const std::string& to, unsigned short port)
    : socket_(bound(SOCK_DGRAM, from)) {
  if (!connected(socket_, to, port)) throw std::runtime_error("connect " + to);
}

void UdpClient::send(const std::string& bytes) const { (void)::send(socket_.get(), bytes.data(), bytes.size(), 0); }

std::size_t UdpClient::ask() const {
  send(bare_request);
  std::array<char, 2048> reply;
  const auto size = ::recv(socket_.get(), reply.data(), reply.size(), 0);
  return size > 0 ? static_cast<std::size_t>(size) : 0;
}

FileDescriptor connect(const std::string& from, const std::string& to, unsigned short port) {
  FileDescriptor out = bound(SOCK_STREAM, from);
  return connected(out, to, port) ? std::move(out) : FileDescriptor();
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

std::string get(const std::string& from, const std::string& to, unsigned short port, const std::string& path) {
  const FileDescriptor connection = connect(from, to, port);
  if (!connection) return {};
  write(connection, "GET " + path + " HTTP/1.1\r\nHost: anything.example\r\n\r\n");
  return read_to_end(connection);
}

}  // namespace loopback
