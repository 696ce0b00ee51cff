#pragma once
// Simulated TCP: just enough for agents that connect, talk and close through the same NATs as everybody. Segments are
// reliable packets (lab/packet.h): they arrive in order or not at all, so there is no retransmission. A segment that a
// cut link or a NAT swallowed leaves a gap, and the gap resets the stream when the next segment shows it.

#include <cstdint>

#include "lab/packet.h"
#include "net/bytes.h"

namespace lab {

// A TCP segment (lab/tcp_segment.h) in the simulation's words. Sequence numbers start at 0, so a stream carries 4 GiB.
struct Segment {
  enum class Kind : std::uint8_t { Syn, SynAck, Data, Fin, Rst };
  Kind kind = Kind::Rst;
  std::uint32_t offset = 0;  // bytes of this direction sent before
  net::Bytes data;
};

[[nodiscard]] net::Bytes encode(const Segment& segment);
[[nodiscard]] Segment decode_segment(const Packet& packet);

// One end of a connection.
struct Stream {
  bool connected = false;
  bool closing = false;        // closed by the agent while connecting: finish what was sent, then go
  std::uint32_t sent = 0;      // bytes
  std::uint32_t received = 0;  // bytes
  net::Bytes waiting;          // sent by the agent while connecting
};

}  // namespace lab
