#pragma once
// Port Control Protocol, version 2, as far as a MAP for one UDP port needs it (RFC 6887 sections 7, 11 and 15).

#include <array>
#include <optional>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/time.h"

namespace gateway::pcp {

using Nonce = std::array<std::uint8_t, 12>;  // the same for a mapping's renewal and end

struct Map {
  net::Endpoint inside;
  std::uint16_t external_port = 0;  // suggested
  net::Duration lifetime{};         // zero: end the mapping
  Nonce nonce{};
};
[[nodiscard]] net::Bytes write_map(const Map& map);

struct MapReply {
  std::uint8_t result = 0;  // section 7.4; 0: success, and only then the rest is meant
  std::uint16_t external_port = 0;
  net::IpAddress external_address;
  net::Duration lifetime{};
};
// Empty: no answer to this request. A NAT-PMP gateway answers in version 0 that it does not know version 2 (RFC 6886
// section 3.5): unsupported_version.
[[nodiscard]] std::optional<MapReply> read_map(const Map& asked, net::BytesView datagram);

inline constexpr std::uint8_t unsupported_version = 1;
[[nodiscard]] std::string_view words(std::uint8_t result);  // "not authorized"

}  // namespace gateway::pcp
