#pragma once
// What the lab moves: one transport segment between two endpoints. The payload is opaque: in memory it is what an agent
// sent, on real packets it is the whole transport segment, whose ports and checksums the wire rewrites.

#include <cstdint>

#include "net/bytes.h"
#include "net/endpoint.h"

namespace lab {

enum class Protocol : std::uint8_t { Udp, Tcp, Icmp };  // Icmp passes links and firewalls; a translating NAT drops it

struct Packet {
  Protocol protocol = Protocol::Udp;
  net::Endpoint source;
  net::Endpoint destination;
  std::uint8_t ttl = 64;  // one less after each NAT and after the core; dropped where it would become 0
  net::Bytes payload;
  bool reliable = false;  // simulated TCP, which has no retransmission: links never lose, double or reorder it
};

}  // namespace lab
