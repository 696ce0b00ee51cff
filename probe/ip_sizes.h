#pragma once
// Sizes of IP packets that carry one UDP datagram.

#include <cstdint>

#include "net/endpoint.h"

namespace probe {

// RFC 791, RFC 8200 (no options), RFC 768.
[[nodiscard]] constexpr std::uint16_t ip_overhead(net::Family family) {
  return static_cast<std::uint16_t>((family == net::Family::V4 ? 20 : 40) + 8);
}

// Of the IP packet around so many bytes of UDP data.
[[nodiscard]] constexpr std::uint16_t ip_size(std::uint16_t data, net::Family family) {
  return static_cast<std::uint16_t>(data + ip_overhead(family));
}

}  // namespace probe
