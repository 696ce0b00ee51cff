#include "lab/stream.h"

namespace lab {
namespace {

constexpr std::size_t header_size = 9;

}  // namespace

net::Bytes encode(const Segment& segment) {
  net::Bytes out;
  out.reserve(header_size + segment.data.size());
  out.push_back(static_cast<std::uint8_t>(segment.kind));
  net::append(out, net::u64_bytes(segment.offset));
  net::append(out, segment.data);
  return out;
}

std::optional<Segment> decode_segment(net::BytesView bytes) {
  if (bytes.size() < header_size || bytes[0] > static_cast<std::uint8_t>(Segment::Kind::Rst)) return std::nullopt;
  return Segment{.kind = static_cast<Segment::Kind>(bytes[0]),
                 .offset = net::get_u64(bytes.subspan(1)),
                 .data = {bytes.begin() + header_size, bytes.end()}};
}

}  // namespace lab
