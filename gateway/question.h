#pragma once
// What the gateway of this host is asked by the port mapping protocols, and what it says: PCP (RFC 6887), NAT-PMP
// (RFC 6886), UPnP IGD (UPnP Device Architecture 1.0, WANIPConnection 1 and 2). Values only; the bytes are
// codec.h's.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/endpoint.h"
#include "net/time.h"

namespace gateway {

enum class Act : std::uint8_t {
  PcpMap,
  PcpUnmap,
  NatPmpAddress,  // the gateway's outside address
  NatPmpMap,
  NatPmpUnmap,
  UpnpSearch,       // SSDP M-SEARCH over UDP; the rest of UPnP is HTTP over TCP
  UpnpDescription,  // vendor, model, and where to send actions
  UpnpAddress,
  UpnpMap,
  UpnpUnmap,
};
[[nodiscard]] std::string_view to_string(Act act);  // "pcp-map"
[[nodiscard]] std::optional<Act> parse_act(std::string_view word);

// The protocol an act belongs to: "pcp", "nat-pmp", "upnp".
[[nodiscard]] std::string_view protocol_of(Act act);
[[nodiscard]] bool is_protocol(std::string_view word);
[[nodiscard]] bool maps(Act act);
[[nodiscard]] std::optional<Act> undoing(Act act);  // of one that maps
[[nodiscard]] bool unmaps(Act act);
[[nodiscard]] bool over_tcp(Act act);  // in an HTTP request; else in a datagram

struct Question {
  Act act{};
  std::optional<net::Endpoint> inside = std::nullopt;  // of the mapping: our own address and UDP port
  std::uint16_t external_port = 0;                     // wished for; of an unmap: what was wished for or given
  net::Duration lease{};                               // wished for, whole seconds
  std::string path = {};                               // UPnP: of the URL
  std::string service = {};                            // UPnP: the service an action is for
};

// What an answer told, as far as it is usable. Texts are as the gateway wrote them, bounded: escape before showing.
struct Answer {
  std::optional<net::IpAddress> external_address;
  std::optional<std::uint16_t> external_port;
  std::optional<net::Duration> lease;
  std::optional<std::uint16_t> url_port;  // UPnP: of the URL that was told
  std::string path;
  std::string service;
  std::string vendor;
  std::string model;
};

// With whom, and how, a mapping can be made: as it was found out once.
struct Service {
  Act act{};                                       // that maps
  net::Endpoint to;                                // whom to ask
  std::string path;                                // UPnP: of the URL
  std::string service;                             // UPnP: the service an action is for
  std::optional<net::IpAddress> external_address;  // where mappings lead from, as far as it was told
};

inline constexpr net::Duration mapping_lease = std::chrono::seconds(120);  // should the program be killed

inline constexpr std::uint16_t pcp_port = 5351;  // RFC 6887 section 7; NAT-PMP's too (RFC 6886 section 3.1)
inline constexpr std::uint16_t ssdp_port = 1900;
[[nodiscard]] net::Endpoint ssdp_group();  // 239.255.255.250:1900

}  // namespace gateway
