#include "tests/stun/raw_message.h"

#include <fmt/core.h>
#include <zlib.h>

#include "stun/crypto.h"

namespace hostile {
namespace {

constexpr std::size_t header_size = 20;

// The message with a length field that already counts `more` bytes, as every hash over it wants.
net::Bytes lengthened(const Hex& message, std::size_t more) {
  net::Bytes bytes = net::from_hex(message);
  const std::size_t length = bytes.size() - header_size + more;
  bytes[2] = static_cast<std::uint8_t>(length >> 8);
  bytes[3] = static_cast<std::uint8_t>(length);
  return bytes;
}

}  // namespace

Hex hex16(std::size_t value) { return fmt::format("{:04x}", value); }

Hex repeated(std::size_t times, const Hex& piece) {
  Hex out;
  for (std::size_t i = 0; i < times; ++i) out += piece;
  return out;
}

Hex zeros(std::size_t count) { return repeated(count, "00"); }

Hex attribute(std::uint16_t type, const Hex& value) {
  const std::size_t length = net::from_hex(value).size();
  return hex16(type) + hex16(length) + value + zeros((4 - length % 4) % 4);
}

Hex message(std::uint16_t type, const Hex& body, const Hex& id) {
  return hex16(type) + hex16(net::from_hex(body).size()) + id + body;
}

Hex request(const Hex& body) { return message(0x0001, body); }

Hex fingerprinted(const Hex& message, std::size_t behind) {
  const net::Bytes before = lengthened(message, 8 + behind);
  const auto crc = ::crc32(0, before.data(), static_cast<uInt>(before.size())) ^ 0x5354554EU;
  return net::to_hex(before) + attribute(0x8028, fmt::format("{:08x}", crc));
}

Hex signed_sha1(const Hex& message, std::string_view key) {
  const net::Bytes before = lengthened(message, 24);
  return net::to_hex(before) + attribute(0x0008, net::to_hex(stun::hmac_sha1(net::as_bytes(key), before)));
}

Hex signed_sha256(const Hex& message, std::string_view key, std::size_t size) {
  const net::Bytes before = lengthened(message, 4 + size);
  const auto hash = stun::hmac_sha256(net::as_bytes(key), before);
  return net::to_hex(before) + attribute(0x001C, net::to_hex(net::BytesView(hash).first(size)));
}

}  // namespace hostile
