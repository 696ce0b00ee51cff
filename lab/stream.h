#pragma once
// Simulated TCP: just enough for agents that connect, talk and close through the same NATs as everybody. Segments are
// reliable packets (lab/packet.h): they arrive in order or not at all, so there is no retransmission. A segment that a
// cut link or a NAT swallowed leaves a gap, and the gap resets the stream when the next segment shows it.

#include <cstdint>
#include <optional>

#include "net/bytes.h"

namespace lab {

// On the wire: 1 byte kind, 8 bytes offset, then the data.
struct Segment {
  enum class Kind : std::uint8_t { Syn, SynAck, Data, Fin, Rst };
  Kind kind = Kind::Rst;
  std::uint64_t offset = 0;  // bytes of this direction sent before
  net::Bytes data;
};

[[nodiscard]] net::Bytes encode(const Segment& segment);
[[nodiscard]] std::optional<Segment> decode_segment(net::BytesView bytes);

// One end of a connection.
struct Stream {
  bool connected = false;
  bool closing = false;        // closed by the agent while connecting: finish what was sent, then go
  std::uint64_t sent = 0;      // bytes
  std::uint64_t received = 0;  // bytes
  net::Bytes waiting;          // sent by the agent while connecting
};

}  // namespace lab
