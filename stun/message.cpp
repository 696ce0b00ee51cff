#include "stun/message.h"

#include <algorithm>

#include "stun/integrity.h"

namespace stun {
namespace {

constexpr std::size_t attribute_header_size = 4;

constexpr std::size_t padded(std::size_t length) { return (length + 3) & ~std::size_t{3}; }

constexpr bool is_integrity(std::uint16_t type) {
  return type == static_cast<std::uint16_t>(AttributeType::MessageIntegrity) ||
         type == static_cast<std::uint16_t>(AttributeType::MessageIntegritySha256);
}

constexpr bool heeded_behind_integrity(AttributeType type) {
  return type == AttributeType::MessageIntegritySha256 || type == AttributeType::Fingerprint;
}

std::optional<DecodeError> check_framing(net::BytesView datagram) {
  if (datagram.size() < header_size) return DecodeError{DecodeErrorKind::TooShort, datagram.size()};
  if (datagram.size() > max_message_size) return DecodeError{DecodeErrorKind::TooLong, max_message_size};
  if ((datagram[0] & 0xC0) != 0) return DecodeError{DecodeErrorKind::NotStun, 0};
  const std::size_t length = net::get_u16(datagram.subspan(2));
  if (length % 4 != 0) return DecodeError{DecodeErrorKind::LengthUnaligned, 2};
  if (header_size + length != datagram.size()) return DecodeError{DecodeErrorKind::LengthMismatch, 2};
  return std::nullopt;
}

}  // namespace

TransactionId TransactionId::random(net::Random& random) {
  TransactionId id;
  const auto cookie = net::u32_bytes(magic_cookie);
  std::copy(cookie.begin(), cookie.end(), id.bytes.begin());
  random.fill(std::span(id.bytes).subspan(4));
  return id;
}

std::string_view to_string(DecodeErrorKind kind) {
  constexpr std::array<std::string_view, 8> names = {"shorter than a STUN header",
                                                     "longer than 4096 bytes",
                                                     "not STUN",
                                                     "length field disagrees",
                                                     "length not a multiple of 4",
                                                     "attribute reaches past the end",
                                                     "more than 64 attributes",
                                                     "bad FINGERPRINT"};
  return names[static_cast<std::size_t>(kind)];
}

net::Result<Message, DecodeError> Message::decode(net::BytesView datagram) {
  net::Result<Message, DecodeError> message;  // made where it is returned: it is too large to be copied for nothing
  if (const auto error = check_framing(datagram)) {
    message = net::Unexpected(*error);
    return message;
  }
  message->bytes_ = datagram;
  message->type_ = net::get_u16(datagram);
  std::copy_n(datagram.begin() + 4, message->id_.bytes.size(), message->id_.bytes.begin());
  if (const auto error = message->decode_attributes()) message = net::Unexpected(*error);
  return message;
}

std::optional<DecodeError> Message::decode_attributes() {
  std::size_t at = header_size;
  bool integrity_seen = false;
  while (at < bytes_.size()) {
    const std::size_t left = bytes_.size() - at - attribute_header_size;  // framing is aligned: a header is there
    const std::uint16_t type = net::get_u16(bytes_.subspan(at));
    const std::uint16_t length = net::get_u16(bytes_.subspan(at + 2));
    if (padded(length) > left) return DecodeError{DecodeErrorKind::AttributeOverrun, at};
    if (count_ == max_attributes) return DecodeError{DecodeErrorKind::TooManyAttributes, at};
    attributes_[count_++] = {type, static_cast<std::uint16_t>(at + attribute_header_size), length};
    if (!integrity_seen) considered_ = count_;
    integrity_seen = integrity_seen || is_integrity(type);
    at += attribute_header_size + padded(length);
  }
  if (!id_.classic() && !fingerprint_acceptable(*this)) {
    return DecodeError{DecodeErrorKind::BadFingerprint,
                       find(AttributeType::Fingerprint)->offset - attribute_header_size};
  }
  return std::nullopt;
}

net::BytesView Message::value(const Attribute& attribute) const {
  return bytes_.subspan(attribute.offset, attribute.length);
}

const Attribute* Message::find_among(AttributeType type) const {
  const auto wanted = static_cast<std::uint16_t>(type);
  const std::size_t end = heeded_behind_integrity(type) ? count_ : considered_;
  const auto* last = attributes_.data() + end;
  const auto* found = std::find_if(attributes_.data(), last, [wanted](const Attribute& a) { return a.type == wanted; });
  return found == last ? nullptr : found;
}

}  // namespace stun
