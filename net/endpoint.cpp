#include "net/endpoint.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <cassert>
#include <charconv>

namespace net {
namespace {

Result<std::uint16_t, std::string> parse_port(std::string_view text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value > 65535) {
    return Unexpected(fmt::format("'{}' is not a port (0 to 65535)", text));
  }
  return static_cast<std::uint16_t>(value);
}

}  // namespace

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> bytes) {
  IpAddress out;
  std::copy(bytes.begin(), bytes.end(), out.bytes_.begin());
  return out;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> bytes) {
  IpAddress out;
  out.family_ = Family::V6;
  out.bytes_ = bytes;
  return out;
}

IpAddress IpAddress::any(Family family) { return family == Family::V4 ? v4({}) : v6({}); }

bool IpAddress::unspecified() const { return *this == any(family_); }

Endpoint with_port(Endpoint endpoint, std::uint16_t port) {
  endpoint.port = port;
  return endpoint;
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family() == Family::V4 ? AF_INET : AF_INET6;
  ::inet_ntop(family, address.bytes().data(), text.data(), text.size());
  return text.data();
}

Result<IpAddress, std::string> parse_address(std::string_view text) {
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return Unexpected(fmt::format("'{}' is not an IP address", text));
  std::array<std::uint8_t, 4> v4{};
  if (::inet_pton(AF_INET, terminated.c_str(), v4.data()) == 1) return IpAddress::v4(v4);
  std::array<std::uint8_t, 16> v6{};
  if (::inet_pton(AF_INET6, terminated.c_str(), v6.data()) == 1) return IpAddress::v6(v6);
  return Unexpected(fmt::format("'{}' is not an IP address", text));
}

std::string to_string(const Endpoint& endpoint) {
  const std::string host = to_string(endpoint.address);
  return endpoint.family() == Family::V4 ? fmt::format("{}:{}", host, endpoint.port)
                                         : fmt::format("[{}]:{}", host, endpoint.port);
}

Result<HostAndPort, std::string> parse_host_and_port(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::string_view port;
  bool port_given = false;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return Unexpected(fmt::format("'{}' has no closing bracket", text));
    host = text.substr(1, close - 1);
    if (host.find(':') == std::string_view::npos) {
      return Unexpected(fmt::format("'{}': brackets hold an IPv6 address", text));
    }
    const std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') return Unexpected(fmt::format("'{}' is not HOST[:PORT]", text));
    port_given = !rest.empty();
    if (port_given) port = rest.substr(1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {  // two or more: a bare IPv6 address
    host = text.substr(0, text.find(':'));
    port = text.substr(text.find(':') + 1);
    port_given = true;
  }
  if (host.empty()) return Unexpected(fmt::format("'{}' names no host", text));
  if (!port_given) return HostAndPort{std::string(host), default_port};
  const auto number = parse_port(port);
  if (!number) return Unexpected(number.error());
  return HostAndPort{std::string(host), *number};
}

Result<Endpoint, std::string> parse_endpoint(std::string_view text, std::uint16_t default_port) {
  const auto parts = parse_host_and_port(text, default_port);
  if (!parts) return Unexpected(parts.error());
  const auto host = parse_address(parts->host);
  if (!host) return Unexpected(host.error());
  return Endpoint{*host, parts->port};
}

IpAddress address(std::string_view text) {
  const auto parsed = parse_address(text);
  assert(parsed);
  return *parsed;
}

Endpoint endpoint(std::string_view text) {
  const auto parsed = parse_endpoint(text);
  assert(parsed);
  return *parsed;
}

}  // namespace net

// The words of the address and the port, one multiplied in after the other: tables of endpoints are on every packet's
// way.
std::size_t std::hash<net::IpAddress>::operator()(const net::IpAddress& address) const noexcept {
  constexpr std::uint64_t golden = 0x9E3779B97F4A7C15ULL;  // 2^64 over the golden ratio
  const net::BytesView bytes = address.bytes();
  if (address.family() == net::Family::V4) return std::uint64_t{net::get_u32(bytes)} * golden >> 16;
  const std::uint64_t mixed = net::get_u64(bytes) * golden;
  return ((mixed ^ (mixed >> 32)) + net::get_u64(bytes.subspan(8))) * golden >> 16;
}

std::size_t std::hash<net::Endpoint>::operator()(const net::Endpoint& endpoint) const noexcept {
  constexpr std::uint64_t odd = 0xD6E8FEB86659FD93ULL;
  const std::uint64_t mixed = (std::hash<net::IpAddress>{}(endpoint.address) + endpoint.port) * odd;
  return mixed ^ (mixed >> 32);
}
