#include "stun/integrity.h"

#include <zlib.h>

#include <array>

#include "stun/crypto.h"

namespace stun {
namespace {

// What an integrity hash covers: all before the attribute, under a header whose length field ends with the attribute
// (RFC 8489 section 14.5).
struct Covered {
  std::array<std::uint8_t, 4> type_and_length;
  net::BytesView rest;

  Covered(const Message& message, const Attribute& integrity) {
    const net::BytesView bytes = message.bytes();
    const auto length = net::u16_bytes(static_cast<std::uint16_t>(integrity.offset + integrity.length - header_size));
    type_and_length = {bytes[0], bytes[1], length[0], length[1]};
    rest = bytes.subspan(4, integrity.offset - std::size_t{8});
  }
};

constexpr bool sha1_fits(const Attribute& integrity) { return integrity.length == sha1_size; }
constexpr bool sha256_fits(const Attribute& integrity) {
  return integrity.length >= least_sha256_size && integrity.length <= sha256_size && integrity.length % 4 == 0;
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

bool integrity_well_formed(const Message& message) {
  const Attribute* sha1 = message.find(AttributeType::MessageIntegrity);
  const Attribute* sha256 = message.find(AttributeType::MessageIntegritySha256);
  return (sha1 == nullptr || sha1_fits(*sha1)) && (sha256 == nullptr || sha256_fits(*sha256));
}

Integrity check_message_integrity(const Message& message, net::BytesView key) {
  const Attribute* found = message.find(AttributeType::MessageIntegrity);
  if (found == nullptr) return Integrity::Absent;
  if (!sha1_fits(*found)) return Integrity::Wrong;
  const Covered covered(message, *found);
  const auto expected = hmac_sha1(key, {covered.type_and_length, covered.rest});
  return constant_time_equal(message.value(*found), expected) ? Integrity::Right : Integrity::Wrong;
}

Integrity check_message_integrity_sha256(const Message& message, net::BytesView key, std::size_t least_size) {
  const Attribute* found = message.find(AttributeType::MessageIntegritySha256);
  if (found == nullptr) return Integrity::Absent;
  if (!sha256_fits(*found) || found->length < least_size) return Integrity::Wrong;
  const Covered covered(message, *found);
  const auto expected = hmac_sha256(key, {covered.type_and_length, covered.rest});
  const auto sent = net::BytesView(expected).first(found->length);
  return constant_time_equal(message.value(*found), sent) ? Integrity::Right : Integrity::Wrong;
}

}  // namespace stun
