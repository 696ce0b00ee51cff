#pragma once
// What a reflector is told before it starts. One HostConfig an address family; the two families know nothing of each
// other.

#include <cstdint>
#include <optional>
#include <vector>

#include "net/bytes.h"
#include "net/endpoint.h"
#include "reflector/destination_rule.h"
#include "reflector/topology.h"

namespace reflector {

inline constexpr std::uint16_t default_port = 3478;
inline constexpr std::uint16_t default_alternate_port = 3479;
inline constexpr std::uint16_t default_link_port = 3481;

enum class Mode : std::uint8_t {
  Compatible,  // serves stock RFC 5780 and RFC 3489 clients
  Strict,      // a bare request draws 32 bytes (IPv6: 44); nothing is changed without a return token; no RFC 3489
};

struct PartnerConfig {
  net::Endpoint link;                       // where the partner's end of the link is reached
  std::optional<net::IpAddress> advertise;  // what clients see of it; its link address where this is empty
  friend bool operator==(const PartnerConfig&, const PartnerConfig&) = default;
};

struct HostConfig {
  net::Endpoint listen;                          // the primary address and port
  std::optional<net::IpAddress> advertise;       // what clients see when a 1:1 NAT stands in front
  std::optional<std::uint16_t> alternate_port;   // none: no alternate port
  std::optional<net::IpAddress> second_address;  // the classic set-up: all four roles on this host
  std::optional<PartnerConfig> partner;          // the pair set-up; needs alternate_port and a key
  std::uint16_t link_port = default_link_port;   // own end of the link, on the primary address
};

struct ReflectorConfig {
  std::vector<HostConfig> hosts;      // one an address family, at least one
  std::vector<net::Bytes> link_keys;  // shared with the partner; the first signs, all are accepted (rotation)
  Mode mode = Mode::Compatible;
  bool tcp = true;
  std::optional<unsigned> requests_per_second = 20;    // of one source without a return token; empty: no limit
  std::optional<unsigned> requests_per_second_in_all;  // of all sources of a family together; empty: no limit
  std::vector<Prefix> allowed_destinations;            // changed replies may go there, too
  std::size_t limiter_buckets = 32'768;                // a row of each table; fixed memory: 16 bytes each
  std::size_t sent_entries = 65'536;                   // of the SENT-COUNT ring; 24 bytes each
  std::size_t delayed_entries = 65'536;                // replies that wait (DELAY); about 300 bytes each while they do
  std::size_t delayed_entries_of_a_source = 2'048;
  std::size_t connections = 1'024;  // TCP, of a family
};

// What clients see.
[[nodiscard]] net::IpAddress seen_address(const HostConfig& host);
[[nodiscard]] net::IpAddress seen_address(const PartnerConfig& partner);
[[nodiscard]] Topology topology_of(const HostConfig& host);

[[nodiscard]] DestinationRule destination_rule_of(const HostConfig& host, const std::vector<Prefix>& allowed);

// The usual set-ups in one line each. Tables are small, for simulations of thousands of reflectors; otherwise these are
// what the program runs with. Ports: `own` and 3479, the link on 3481 of both.
[[nodiscard]] ReflectorConfig plain_config(const net::Endpoint& own);
[[nodiscard]] ReflectorConfig two_addresses_config(const net::Endpoint& own, const net::IpAddress& second);
[[nodiscard]] ReflectorConfig pair_config(const net::Endpoint& own, const net::IpAddress& partner, net::BytesView key);

}  // namespace reflector
