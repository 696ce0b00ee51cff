#pragma once
// A transport address: an IPv4 or IPv6 address and a port. Values: parse, print, compare, hash.

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "net/bytes.h"
#include "net/result.h"

namespace net {

enum class Family : std::uint8_t { V4, V6 };

class IpAddress {
 public:
  constexpr IpAddress() = default;  // 0.0.0.0
  [[nodiscard]] static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  [[nodiscard]] static IpAddress v6(std::array<std::uint8_t, 16> bytes);
  [[nodiscard]] static IpAddress any(Family family);  // 0.0.0.0 or ::

  [[nodiscard]] Family family() const { return family_; }
  [[nodiscard]] BytesView bytes() const { return {bytes_.data(), family_ == Family::V4 ? 4U : 16U}; }
  [[nodiscard]] bool unspecified() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  Family family_ = Family::V4;
  std::array<std::uint8_t, 16> bytes_{};  // IPv4 uses the first four
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  [[nodiscard]] Family family() const { return address.family(); }
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

[[nodiscard]] Endpoint with_port(Endpoint endpoint, std::uint16_t port);

// "192.0.2.1", "2001:db8::1". IPv6 prints as RFC 5952 says.
[[nodiscard]] std::string to_string(const IpAddress& address);
[[nodiscard]] Result<IpAddress, std::string> parse_address(std::string_view text);

// "192.0.2.1:3478", "[2001:db8::1]:3478". Without a port, `default_port` is taken; numeric addresses only.
// The error says what is wrong with the text, ready to print.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);
[[nodiscard]] Result<Endpoint, std::string> parse_endpoint(std::string_view text, std::uint16_t default_port = 0);

// HOST[:PORT] without resolving the host; for names as well as addresses.
struct HostAndPort {
  std::string host;
  std::uint16_t port = 0;
};
[[nodiscard]] Result<HostAndPort, std::string> parse_host_and_port(std::string_view text, std::uint16_t default_port);

// Literal addresses and endpoints in code and tests; an assertion when malformed.
[[nodiscard]] IpAddress address(std::string_view text);
[[nodiscard]] Endpoint endpoint(std::string_view text);

}  // namespace net

template <>
struct std::hash<net::IpAddress> {
  std::size_t operator()(const net::IpAddress& address) const noexcept;
};
template <>
struct std::hash<net::Endpoint> {
  std::size_t operator()(const net::Endpoint& endpoint) const noexcept;
};
