#pragma once
// UPnP Internet Gateway Device, as far as one UDP port mapping needs it: the SSDP search (UPnP Device Architecture 1.0
// section 1.2), the device description (section 2), and three actions of WANIPConnection as SOAP (section 3).
//
// What a gateway writes is hostile: XML is parsed without DTD and entities of its own, texts are cut, and a URL counts
// only when it points at the gateway's own address.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/endpoint.h"

namespace gateway::upnp {

struct Url {
  net::Endpoint host;
  std::string path;  // with its slash; printable, nothing that could end a request line
};
// "http://192.168.1.1:5000/rootDesc.xml"; empty where it does not point at `gateway`. A path alone is relative to
// `base`.
[[nodiscard]] std::optional<Url> parse_url(std::string_view text, const net::IpAddress& gateway,
                                           const std::optional<Url>& base = std::nullopt);

// ---- search --------------------------------------------------------------------------------------------------------

[[nodiscard]] std::string write_search();  // M-SEARCH for an InternetGatewayDevice, any version
// The LOCATION of an answer to it; empty: no such answer, or one that points elsewhere.
[[nodiscard]] std::optional<Url> read_search(std::string_view datagram, const net::IpAddress& gateway);

// ---- description ---------------------------------------------------------------------------------------------------

[[nodiscard]] std::string write_get(const Url& url);

struct Description {
  std::string vendor;   // manufacturer
  std::string model;    // modelName, modelNumber
  std::string service;  // the WAN connection service's type; empty: it has none
  std::optional<Url> control;
};
// `from` is where it was got. Empty: not XML, or no description.
[[nodiscard]] std::optional<Description> read_description(std::string_view xml, const Url& from);

// ---- actions -------------------------------------------------------------------------------------------------------

using Arguments = std::vector<std::pair<std::string_view, std::string>>;
[[nodiscard]] std::string write_action(const Url& control, std::string_view service, std::string_view action,
                                       const Arguments& arguments);
[[nodiscard]] Arguments mapping_arguments(const net::Endpoint& inside, std::uint16_t external_port,
                                          std::uint32_t lease_seconds);
[[nodiscard]] Arguments unmapping_arguments(std::uint16_t external_port);

struct ActionReply {
  std::optional<std::uint16_t> error;              // errorCode of a fault
  std::optional<net::IpAddress> external_address;  // NewExternalIPAddress
};
[[nodiscard]] std::optional<ActionReply> read_action(std::string_view xml);  // empty: no SOAP envelope

inline constexpr std::uint16_t no_such_entry = 714;
inline constexpr std::uint16_t port_taken = 718;
inline constexpr std::uint16_t only_permanent_leases = 725;
[[nodiscard]] std::string_view words(std::uint16_t error);

}  // namespace gateway::upnp
