#include "lab/stream.h"

#include "lab/tcp_segment.h"

namespace lab {

net::Bytes encode(const Segment& segment) {
  using enum Segment::Kind;
  const Segment::Kind kind = segment.kind;
  TcpHeader header{.fin = kind == Fin, .syn = kind == Syn || kind == SynAck, .rst = kind == Rst, .ack = kind != Syn};
  if (!header.syn) header.sequence = segment.offset + 1;  // a SYN counts as one byte (RFC 9293 section 3.4)
  if (kind == SynAck) header.acknowledgment = 1;
  return make_tcp_segment(header, segment.data);
}

Segment decode_segment(const Packet& packet) {
  using enum Segment::Kind;
  const TcpHeader header = tcp_header(packet);
  if (header.rst) return {.kind = Rst};
  if (header.syn) return {.kind = header.ack ? SynAck : Syn};
  const net::BytesView data = tcp_data(packet);
  return {.kind = header.fin ? Fin : Data, .offset = header.sequence - 1, .data = {data.begin(), data.end()}};
}

}  // namespace lab
