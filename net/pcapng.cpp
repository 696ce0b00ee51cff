#include "net/pcapng.h"

#include <algorithm>

namespace net {

namespace {

// The draft's numbers, and the link type of bare IP packets (LINKTYPE_RAW).
constexpr std::uint32_t section_block = 0x0A0D0D0A;
constexpr std::uint32_t interface_block = 1;
constexpr std::uint32_t packet_block = 6;
constexpr std::uint32_t byte_order_magic = 0x1A2B3C4D;
constexpr std::uint16_t linktype_raw = 101;
constexpr std::uint8_t nanoseconds = 9;  // negative power of ten

enum Option : std::uint16_t {
  Comment = 1,
  InterfaceName = 2,
  InterfaceDescription = 3,
  TimeResolution = 9,
  Application = 4,  // of a section
  PacketFlags = 2,  // of a packet
};

// A reader learns the byte order from the section header; ours is little-endian on every machine.
template <typename T>
void put(Bytes& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_padded(Bytes& out, BytesView bytes) {
  append(out, bytes);
  out.resize((out.size() + 3) / 4 * 4);  // a block starts at a multiple of four, so padding can be told by the size
}

void put_option(Bytes& out, Option code, BytesView value) {
  const std::size_t size = std::min<std::size_t>(value.size(), 0xFFFF);
  put(out, static_cast<std::uint16_t>(code));
  put(out, static_cast<std::uint16_t>(size));
  put_padded(out, value.first(size));
}

void put_text(Bytes& out, Option code, std::string_view text) {
  if (!text.empty()) put_option(out, code, as_bytes(text));
}

//  0                   1                   2                   3
// +---------------------------------------------------------------+
// | block type                                                    |
// | block total length                                            |
// | body, options and their end (4 zero bytes), padded to 32 bits |
// | block total length                                            |
// +---------------------------------------------------------------+
Bytes block(std::uint32_t type, BytesView body_and_options) {
  const auto length = static_cast<std::uint32_t>(16 + body_and_options.size());
  Bytes out;
  out.reserve(length);
  put(out, type);
  put(out, length);
  append(out, body_and_options);
  put(out, std::uint32_t{0});
  put(out, length);
  return out;
}

}  // namespace

Bytes pcapng_section(std::string_view application, std::string_view comment) {
  Bytes body;
  put(body, byte_order_magic);
  put(body, std::uint16_t{1});  // version 1.0
  put(body, std::uint16_t{0});
  put(body, ~std::uint64_t{0});  // length of the section: not said
  put_text(body, Comment, comment);
  put_text(body, Application, application);
  return block(section_block, body);
}

Bytes pcapng_interface(std::string_view name, std::string_view description) {
  Bytes body;
  put(body, linktype_raw);
  put(body, std::uint16_t{0});
  put(body, std::uint32_t{0});  // packets are whole, whatever their size
  put_text(body, InterfaceName, name);
  put_text(body, InterfaceDescription, description);
  put_option(body, TimeResolution, BytesView(&nanoseconds, 1));
  return block(interface_block, body);
}

Bytes pcapng_packet(const CapturedPacket& packet) {
  const auto time = static_cast<std::uint64_t>(packet.time.count());
  const auto size = static_cast<std::uint32_t>(packet.ip.size());
  Bytes body;
  put(body, packet.interface);
  put(body, static_cast<std::uint32_t>(time >> 32));
  put(body, static_cast<std::uint32_t>(time));
  put(body, size);  // captured
  put(body, size);  // on the wire
  put_padded(body, packet.ip);
  put_text(body, Comment, packet.comment);
  Bytes flags;
  put(flags, static_cast<std::uint32_t>(packet.direction));
  put_option(body, PacketFlags, flags);
  return block(packet_block, body);
}

}  // namespace net
