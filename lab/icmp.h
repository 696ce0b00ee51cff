#pragma once
// ICMP messages (RFC 792, RFC 4443), as far as hosts and NATs look into them: queries by their identifier, errors by
// the packet they quote. Pure.

#include <cstdint>
#include <optional>

#include "lab/packet.h"

namespace lab {

enum class IcmpKind : std::uint8_t { EchoRequest, EchoReply, Error, Other };

[[nodiscard]] IcmpKind icmp_kind(const Packet& packet);  // of an ICMP packet

struct EchoTypes {
  std::uint8_t request = 0;
  std::uint8_t reply = 0;
};
[[nodiscard]] EchoTypes icmp_echo_types(net::Family family);

// Of an echo request or reply: the identifier as the endpoints have it. And from the message into the endpoints.
[[nodiscard]] std::optional<std::uint16_t> icmp_query_id(const Packet& packet);
void take_icmp_query_id(Packet& packet);

[[nodiscard]] Packet make_echo_request(const net::Endpoint& source, const net::IpAddress& destination,
                                       std::uint16_t sequence, net::BytesView data);
[[nodiscard]] Packet make_echo_reply(const Packet& request);

// ---- errors --------------------------------------------------------------------------------------------------------

enum class IcmpError : std::uint8_t {
  TimeExceeded,  // in transit
  PortUnreachable,
  HostUnreachable,
  AdminProhibited,
  TooBig,  // RFC 1191: fragmentation needed; RFC 8201: packet too big
};

// What `router` answers to a packet; `mtu` belongs to TooBig. Nothing where no answer may be given: about an error,
// about a fragment but the first (RFC 1122 section 3.2.2).
[[nodiscard]] std::optional<Packet> make_icmp_error(const Packet& about, const net::IpAddress& router, IcmpError error,
                                                    std::uint16_t mtu = 0);

struct IcmpType {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
  friend bool operator==(const IcmpType&, const IcmpType&) = default;
};
[[nodiscard]] IcmpType icmp_type(const Packet& packet);
[[nodiscard]] IcmpType icmp_type(IcmpError error, net::Family family);
[[nodiscard]] std::optional<IcmpError> icmp_error(IcmpType type, net::Family family);
[[nodiscard]] std::uint16_t icmp_mtu(const Packet& packet);  // of a TooBig

// The packet that drew the error, as far as it is quoted. Queries as in Packet.
struct Quoted {
  Protocol protocol = Protocol::Udp;
  net::Endpoint source;
  net::Endpoint destination;
  friend bool operator==(const Quoted&, const Quoted&) = default;
};
[[nodiscard]] std::optional<Quoted> quoted(const Packet& error);
// Writes other endpoints into the quotation, as a NAT must (RFC 5508 section 4); the families stay.
void requote(Packet& error, const Quoted& as);

// The same error in the family of these endpoints (RFC 7915 sections 4.2 and 5.2), quoting no more than them; nothing
// for an error that has no counterpart.
[[nodiscard]] std::optional<Packet> error_in_family_of(const Packet& error, const net::IpAddress& router,
                                                       const Quoted& as);

}  // namespace lab
