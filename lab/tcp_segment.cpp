#include "lab/tcp_segment.h"

#include <algorithm>

namespace lab {
namespace {

constexpr std::uint8_t fin_bit = 0x01, syn_bit = 0x02, rst_bit = 0x04, ack_bit = 0x10;

}  // namespace

TcpHeader tcp_header(const Packet& packet) {
  const net::BytesView bytes = packet.payload;
  const std::uint8_t flags = bytes[13];
  return {.sequence = net::get_u32(bytes.subspan(4)),
          .acknowledgment = net::get_u32(bytes.subspan(8)),
          .fin = (flags & fin_bit) != 0,
          .syn = (flags & syn_bit) != 0,
          .rst = (flags & rst_bit) != 0,
          .ack = (flags & ack_bit) != 0};
}

net::BytesView tcp_data(const Packet& packet) {
  const net::BytesView bytes = packet.payload;
  return bytes.subspan(std::min<std::size_t>((bytes[12] >> 4) * 4U, bytes.size()));
}

net::Bytes make_tcp_segment(const TcpHeader& header, net::BytesView data) {
  net::Bytes out(tcp_header_size);
  std::ranges::copy(net::u32_bytes(header.sequence), out.begin() + 4);
  std::ranges::copy(net::u32_bytes(header.acknowledgment), out.begin() + 8);
  out[12] = (tcp_header_size / 4) << 4;
  out[13] = static_cast<std::uint8_t>((header.fin ? fin_bit : 0) | (header.syn ? syn_bit : 0) |
                                      (header.rst ? rst_bit : 0) | (header.ack ? ack_bit : 0));
  if (!header.rst) out[14] = out[15] = 0xFF;  // the window
  net::append(out, data);
  return out;
}

Packet make_tcp_reset(const Packet& about) {
  const TcpHeader asked = tcp_header(about);
  TcpHeader reset{.rst = true};
  if (asked.ack) {
    reset.sequence = asked.acknowledgment;
  } else {
    reset.ack = true;
    reset.acknowledgment =
        asked.sequence + static_cast<std::uint32_t>(tcp_data(about).size()) + (asked.syn ? 1 : 0) + (asked.fin ? 1 : 0);
  }
  return {.protocol = Protocol::Tcp,
          .source = about.destination,
          .destination = about.source,
          .reliable = about.reliable,
          .payload = make_tcp_segment(reset)};
}

}  // namespace lab
