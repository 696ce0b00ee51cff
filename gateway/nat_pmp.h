#pragma once
// NAT Port Mapping Protocol, version 0 (RFC 6886 section 3).

#include <optional>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "net/time.h"

namespace gateway::nat_pmp {

[[nodiscard]] net::Bytes write_address_request();  // for the gateway's outside address

struct AddressReply {
  std::uint16_t result = 0;  // section 3.5; 0: success
  net::IpAddress external_address;
};
[[nodiscard]] std::optional<AddressReply> read_address(net::BytesView datagram);  // empty: no answer to that

struct Map {  // of a UDP port
  std::uint16_t internal_port = 0;
  std::uint16_t external_port = 0;  // suggested
  net::Duration lifetime{};         // zero: end the mapping, whatever the external port (section 3.4)
};
[[nodiscard]] net::Bytes write_map(const Map& map);

struct MapReply {
  std::uint16_t result = 0;
  std::uint16_t external_port = 0;
  net::Duration lifetime{};
};
[[nodiscard]] std::optional<MapReply> read_map(const Map& asked, net::BytesView datagram);

[[nodiscard]] std::string_view words(std::uint16_t result);

}  // namespace gateway::nat_pmp
