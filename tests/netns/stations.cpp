#include "tests/netns/stations.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <thread>

#include "lab/foreign_profiles.h"
#include "lab/wire/system_call.h"
#include "net/cannot_work.h"

namespace netns {

namespace {

struct SystemAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

SystemAddress to_system(const net::Endpoint& endpoint) {
  SystemAddress out;
  const auto bytes = endpoint.address.bytes();
  if (endpoint.family() == net::Family::V4) {
    sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(endpoint.port), .sin_addr = {}, .sin_zero = {}};
    std::memcpy(&address.sin_addr, bytes.data(), bytes.size());
    std::memcpy(&out.storage, &address, out.size = sizeof address);
  } else {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(endpoint.port);
    std::memcpy(&address.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(&out.storage, &address, out.size = sizeof address);
  }
  return out;
}

net::Endpoint from_system(const SystemAddress& address) {
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return {net::IpAddress::v4(bytes), ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.storage, sizeof v6);
  std::array<std::uint8_t, 16> bytes{};
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return {net::IpAddress::v6(bytes), ntohs(v6.sin6_port)};
}

net::FileDescriptor open_socket(const lab::Namespace& where, int type, const net::Endpoint& local) {
  net::FileDescriptor fd;
  where.run([&] {
    const int family = local.family() == net::Family::V4 ? AF_INET : AF_INET6;
    fd = net::FileDescriptor(lab::checked(::socket(family, type | SOCK_CLOEXEC, 0), "socket"));
    auto address = to_system(local);
    lab::checked(::bind(fd.get(), address.get(), address.size), "bind " + net::to_string(local));
  });
  const timeval limit{.tv_sec = 10, .tv_usec = 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) ::setsockopt(fd.get(), SOL_SOCKET, option, &limit, sizeof limit);
  return fd;
}

}  // namespace

std::string obstacle() {
  try {
    const lab::Namespace one;
    return {};
  } catch (const net::CannotWork& e) {
    return e.what();
  }
}

std::string obstacle_to(const lab::NatProfile& profile) {
  if (!lab::serves_one_host(profile.implementation)) return {};
  if (::access(("/usr/bin/" + profile.name).c_str(), X_OK) != 0) return profile.name + " is not installed";
  const net::FileDescriptor tun(::open("/dev/net/tun", O_RDWR | O_CLOEXEC));
  return tun.get() < 0 ? std::string("/dev/net/tun: ") + std::strerror(errno) : "";
}

lab::Scenario one_host_behind(const lab::NatProfile& profile) {
  lab::Scenario out;
  out.reflectors = {{.name = "r1", .partner = "r2"}, {.name = "r2", .partner = "r1"}};
  out.nats = {{.name = "nat", .profile = profile}};
  out.hosts = {{.name = "h", .behind = "nat"}};
  return out;
}

lab::Scenario one_host_behind(const std::string& profile) { return one_host_behind(*lab::find_profile(profile)); }

lab::Scenario hosts_behind_nats(int count) {
  lab::Scenario out;
  out.reflectors = {{.name = "r1", .partner = "r2"}, {.name = "r2", .partner = "r1"}};
  for (int i = 1; i <= count; ++i) {
    out.nats.push_back({.name = "nat" + std::to_string(i), .profile = *lab::find_profile("port-restricted-cone")});
    out.hosts.push_back({.name = "host" + std::to_string(i), .behind = out.nats.back().name});
  }
  return out;
}

UdpSocket::UdpSocket(const lab::Station& station, std::uint16_t port)
    : UdpSocket(station.where, station.addresses.front(), port) {}

UdpSocket::UdpSocket(const lab::Namespace& where, const net::IpAddress& bound, std::uint16_t port)
    : fd_(open_socket(where, SOCK_DGRAM, {bound, port})) {
  SystemAddress address{.size = sizeof(sockaddr_storage)};
  lab::checked(::getsockname(fd_.get(), address.get(), &address.size), "getsockname");
  local_ = from_system(address);
}

void UdpSocket::send(const net::Endpoint& to, const std::string& text) const {
  auto address = to_system(to);
  ::sendto(fd_.get(), text.data(), text.size(), 0, address.get(), address.size);
}

std::optional<Received> UdpSocket::receive(net::Duration limit) const {
  pollfd watched{fd_.get(), POLLIN, 0};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (::poll(&watched, 1, static_cast<int>(ms)) <= 0) return std::nullopt;
  SystemAddress from{.size = sizeof(sockaddr_storage)};
  std::string text(65536, '\0');
  const auto size = ::recvfrom(fd_.get(), text.data(), text.size(), 0, from.get(), &from.size);
  if (size < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(size));
  return Received{from_system(from), text};
}

net::FileDescriptor listen_tcp(const lab::Station& station, std::uint16_t port) {
  auto out = open_socket(station.where, SOCK_STREAM, {station.addresses.front(), port});
  lab::checked(::listen(out.get(), 8), "listen");
  return out;
}

net::FileDescriptor connect_tcp(const lab::Station& station, const net::Endpoint& to) {
  auto out = open_socket(station.where, SOCK_STREAM, {station.addresses.front(), 0});
  auto address = to_system(to);
  lab::checked(::connect(out.get(), address.get(), address.size), "connect " + net::to_string(to));
  return out;
}

net::FileDescriptor accept_tcp(const net::FileDescriptor& listener, net::Endpoint& from) {
  SystemAddress address{.size = sizeof(sockaddr_storage)};
  net::FileDescriptor out(
      lab::checked(::accept4(listener.get(), address.get(), &address.size, SOCK_CLOEXEC), "accept"));
  from = from_system(address);
  return out;
}

bool carries_a_megabyte(const net::FileDescriptor& from, const net::FileDescriptor& to) {
  const std::string text(1'000'000, 'n');
  std::thread sender([&] { ::send(from.get(), text.data(), text.size(), MSG_NOSIGNAL); });
  std::string got(text.size(), '\0');
  const auto size = ::recv(to.get(), got.data(), got.size(), MSG_WAITALL);
  sender.join();
  return size == static_cast<ssize_t>(text.size()) && got == text;
}

}  // namespace netns
