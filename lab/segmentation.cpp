#include "lab/segmentation.h"

#include <algorithm>
#include <utility>

#include "lab/tcp_segment.h"
#include "net/bytes.h"

namespace lab {
namespace {

constexpr std::size_t sequence_at = 4;  // RFC 9293 section 3.1
constexpr std::size_t flags_at = 13;
constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t psh = 0x08;
constexpr std::uint8_t cwr = 0x80;

void adjust_tcp(net::Bytes& segment, std::size_t offset, bool last) {
  const auto sequence = net::get_u32(net::BytesView(segment).subspan(sequence_at)) + static_cast<std::uint32_t>(offset);
  std::ranges::copy(net::u32_bytes(sequence), segment.begin() + sequence_at);
  if (offset > 0) segment[flags_at] &= static_cast<std::uint8_t>(~cwr);
  if (!last) segment[flags_at] &= static_cast<std::uint8_t>(~(fin | psh));
}

}  // namespace

std::vector<Packet> segments_of(Packet packet, std::size_t most_data) {
  const bool tcp = packet.protocol == Protocol::Tcp;
  const bool divisible = !packet.fragment && packet.protocol != Protocol::Icmp && most_data > 0;
  const std::size_t header = tcp && divisible ? packet.payload.size() - tcp_data(packet).size() : 0;
  std::vector<Packet> out;
  if (!divisible || packet.payload.size() <= header + most_data) {
    out.push_back(std::move(packet));
    return out;
  }
  const net::Bytes payload = std::exchange(packet.payload, {});
  const net::BytesView data = net::BytesView(payload).subspan(header);
  for (std::size_t offset = 0; offset < data.size(); offset += most_data) {
    const std::size_t size = std::min(most_data, data.size() - offset);
    Packet& part = out.emplace_back(packet);
    part.payload.assign(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(header));
    net::append(part.payload, data.subspan(offset, size));
    if (tcp) adjust_tcp(part.payload, offset, offset + size == data.size());
  }
  return out;
}

}  // namespace lab
