#pragma once
// What the lab moves: one IP packet, the same value in memory and between real interfaces (lab/ip_packet.h).

#include <cstdint>
#include <optional>

#include "net/bytes.h"
#include "net/endpoint.h"

namespace lab {

enum class Protocol : std::uint8_t { Udp, Tcp, Icmp };

struct Fragment {            // RFC 791 section 3.2, RFC 8200 section 4.5
  std::uint32_t id = 0;      // one per datagram of a pair of addresses
  std::uint16_t offset = 0;  // bytes of the IP payload before this part, a multiple of 8
  bool more_follow = false;

  friend bool operator==(const Fragment&, const Fragment&) = default;
};

struct Packet {
  Protocol protocol = Protocol::Udp;
  // ICMP queries have their identifier as the port of the side that asked, and 0 as the other's; other ICMP has ports 0
  // (RFC 5508 section 3.1). Fragments have ports 0.
  net::Endpoint source;
  net::Endpoint destination;
  std::uint8_t ttl = 64;  // one less after each NAT and after the core; dropped where it would become 0
  bool dont_fragment = false;
  bool reliable = false;  // simulated TCP, which has no retransmission: links never lose, double or reorder it
  // UDP: the data. TCP (RFC 9293 section 3.1) and ICMP (RFC 792, 4443): the segment or message from its first byte on;
  // ports, identifier and checksum in it are written when the packet is, from the endpoints above. Of a fragment: its
  // part of the IP payload, transport header and all.
  net::Bytes payload;
  std::optional<Fragment> fragment;
};

}  // namespace lab
