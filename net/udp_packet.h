#pragma once
// A UDP datagram as the IP packet it travels in, for captures of what only sockets have seen. Pure.

#include "net/bytes.h"
#include "net/endpoint.h"

namespace net {

struct UdpPacket {
  Endpoint source;
  Endpoint destination;  // of the same family
  BytesView payload;     // at most 65507 bytes
  std::uint8_t ttl = 64;
  bool dont_fragment = false;
};

// IPv4 (RFC 791, without options) or IPv6 (RFC 8200), and UDP (RFC 768), all checksums right.
[[nodiscard]] Bytes to_ip(const UdpPacket& packet);

// RFC 1071.
[[nodiscard]] std::uint16_t internet_checksum(BytesView bytes);

}  // namespace net
