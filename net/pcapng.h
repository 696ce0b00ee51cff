#pragma once
// Blocks of a pcapng file (draft-ietf-opsawg-pcapng): a section header, one description for each interface, then the
// packets, each naming its interface by number from 0. All are IP packets without a link header, with nanoseconds.
// Pure: bytes out, to be written one behind the other.

#include <cstdint>
#include <string_view>

#include "net/bytes.h"
#include "net/time.h"

namespace net {

enum class CaptureDirection : std::uint8_t { Inbound = 1, Outbound = 2 };  // as epb_flags has it

struct CapturedPacket {
  std::uint32_t interface = 0;
  Duration time{};  // since 1970
  BytesView ip;
  CaptureDirection direction = CaptureDirection::Inbound;  // seen from the node that the file is named after
  std::string_view comment;                                // may be empty
};

[[nodiscard]] Bytes pcapng_section(std::string_view application, std::string_view comment);
[[nodiscard]] Bytes pcapng_interface(std::string_view name, std::string_view description);
[[nodiscard]] Bytes pcapng_packet(const CapturedPacket& packet);

}  // namespace net
