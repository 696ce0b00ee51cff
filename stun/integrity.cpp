#include "stun/integrity.h"

#include <zlib.h>

#include <algorithm>

#include "stun/crypto.h"

namespace stun {
namespace {

// The bytes an integrity hash covers: all before the attribute, with a length field that ends with the attribute.
net::Bytes covered_bytes(const Message& message, const Attribute& integrity) {
  const std::size_t end = integrity.offset - 4U;
  const net::BytesView before = message.bytes().first(end);
  net::Bytes covered(before.begin(), before.end());
  const auto length = net::u16_bytes(static_cast<std::uint16_t>(end + 4 + integrity.length - header_size));
  std::copy(length.begin(), length.end(), covered.begin() + 2);
  return covered;
}

}  // namespace

std::uint32_t fingerprint_of(net::BytesView message_before_fingerprint) {
  const auto crc = ::crc32(0, message_before_fingerprint.data(), static_cast<uInt>(message_before_fingerprint.size()));
  return static_cast<std::uint32_t>(crc) ^ 0x5354554EU;
}

bool fingerprint_acceptable(const Message& message) {
  const Attribute* found = message.find(AttributeType::Fingerprint);
  if (found == nullptr) return true;
  const bool last = found == &message.attributes().back();
  if (!last || found->length != 4) return false;
  return net::get_u32(message.value(*found)) == fingerprint_of(message.bytes().first(found->offset - 4U));
}

Integrity check_message_integrity(const Message& message, net::BytesView key) {
  const Attribute* found = message.find(AttributeType::MessageIntegrity);
  if (found == nullptr) return Integrity::Absent;
  const auto expected = hmac_sha1(key, covered_bytes(message, *found));
  return constant_time_equal(message.value(*found), expected) ? Integrity::Right : Integrity::Wrong;
}

Integrity check_message_integrity_sha256(const Message& message, net::BytesView key, std::size_t least_size) {
  const Attribute* found = message.find(AttributeType::MessageIntegritySha256);
  if (found == nullptr) return Integrity::Absent;
  if (found->length < least_size || found->length > sha256_size || found->length % 4 != 0) return Integrity::Wrong;
  const auto expected = hmac_sha256(key, covered_bytes(message, *found));
  const auto shown = net::BytesView(expected).first(found->length);
  return constant_time_equal(message.value(*found), shown) ? Integrity::Right : Integrity::Wrong;
}

}  // namespace stun
