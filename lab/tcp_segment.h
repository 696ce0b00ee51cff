#pragma once
// TCP segments (RFC 9293 section 3.1), as far as NATs and simulated hosts look into them. Pure.

#include <cstdint>

#include "lab/packet.h"

namespace lab {

struct TcpHeader {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgment = 0;
  bool fin = false;
  bool syn = false;
  bool rst = false;
  bool ack = false;
};

inline constexpr std::size_t tcp_header_size = 20;  // without options

// Of a TCP packet that is no fragment, which has at least tcp_header_size bytes.
[[nodiscard]] TcpHeader tcp_header(const Packet& packet);
[[nodiscard]] net::BytesView tcp_data(const Packet& packet);
[[nodiscard]] net::Bytes make_tcp_segment(const TcpHeader& header, net::BytesView data = {});

// What a host without such a connection answers (RFC 9293 section 3.10.7.1), endpoints swapped. Not for a reset.
[[nodiscard]] Packet make_tcp_reset(const Packet& about);

}  // namespace lab
