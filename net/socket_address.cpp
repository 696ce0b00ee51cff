#include "net/socket_address.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace net {

Poco::Net::SocketAddress to_poco(const Endpoint& endpoint) {
  const auto bytes = endpoint.address.bytes();
  return {Poco::Net::IPAddress(bytes.data(), static_cast<poco_socklen_t>(bytes.size())), endpoint.port};
}

Endpoint from_system(const sockaddr* address) {
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return {IpAddress::v6(bytes), ntohs(v6.sin6_port)};
  }
  sockaddr_in v4{};
  std::memcpy(&v4, address, sizeof v4);
  std::array<std::uint8_t, 4> bytes{};
  std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
  return {IpAddress::v4(bytes), ntohs(v4.sin_port)};
}

socklen_t to_system(const Endpoint& endpoint, SystemAddress& into) {
  const BytesView bytes = endpoint.address.bytes();
  if (endpoint.family() == Family::V6) {
    into.v6 = {.sin6_family = AF_INET6,
               .sin6_port = htons(endpoint.port),
               .sin6_flowinfo = 0,
               .sin6_addr = {},
               .sin6_scope_id = 0};
    std::memcpy(&into.v6.sin6_addr, bytes.data(), sizeof into.v6.sin6_addr);
    return sizeof into.v6;
  }
  into.v4 = {.sin_family = AF_INET, .sin_port = htons(endpoint.port), .sin_addr = {}, .sin_zero = {}};
  std::memcpy(&into.v4.sin_addr, bytes.data(), sizeof into.v4.sin_addr);
  return sizeof into.v4;
}

Endpoint local_endpoint(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return from_system(reinterpret_cast<const sockaddr*>(&address));
}

void bind_to_interface(int descriptor, const std::string& interface) {
  if (interface.empty()) return;
  const auto size = static_cast<socklen_t>(interface.size());
  if (::setsockopt(descriptor, SOL_SOCKET, SO_BINDTODEVICE, interface.c_str(), size) == 0) return;
  throw Poco::IOException("interface " + interface, errno);
}

std::string reason(int system_error) { return std::generic_category().message(system_error); }

std::string reason(const Poco::Exception& error) {
  return error.code() != 0 ? reason(error.code()) : error.displayText();
}

}  // namespace net
