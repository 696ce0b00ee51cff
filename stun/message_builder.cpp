#include "stun/message_builder.h"

#include <algorithm>
#include <cassert>

#include "stun/crypto.h"
#include "stun/integrity.h"

namespace stun {

MessageBuilder::MessageBuilder(net::Bytes& out, MessageClass message_class, Method method, const TransactionId& id)
    : out_(out), id_(id) {
  out_.clear();
  net::append(out_, net::u16_bytes(message_type(message_class, method)));
  net::append(out_, net::u16_bytes(0));
  net::append(out_, id.bytes);
}

MessageBuilder& MessageBuilder::add_raw(std::uint16_t type, net::BytesView value) {
  const std::size_t start = open(type);
  net::append(out_, value);
  return close(start);
}

// The length field counts through the integrity attribute itself when the hash is taken (RFC 8489 section 14.5).
MessageBuilder& MessageBuilder::add_message_integrity(net::BytesView key) {
  write_length(out_.size() + 4 + sha1_size - header_size);
  const auto hash = hmac_sha1(key, out_);
  return add(AttributeType::MessageIntegrity, hash);
}

MessageBuilder& MessageBuilder::add_message_integrity_sha256(net::BytesView key, std::size_t size) {
  assert(size >= least_sha256_size && size <= sha256_size && size % 4 == 0);
  write_length(out_.size() + 4 + size - header_size);
  const auto hash = hmac_sha256(key, out_);
  return add(AttributeType::MessageIntegritySha256, net::BytesView(hash).first(size));
}

MessageBuilder& MessageBuilder::add_fingerprint() {
  write_length(out_.size() + 8 - header_size);
  return add(AttributeType::Fingerprint, net::u32_bytes(fingerprint_of(out_)));
}

std::size_t MessageBuilder::open(std::uint16_t type) {
  net::append(out_, net::u16_bytes(type));
  net::append(out_, net::u16_bytes(0));
  return out_.size();
}

MessageBuilder& MessageBuilder::close(std::size_t start) {
  const std::size_t length = out_.size() - start;
  assert(length <= 0xFFFF);
  const auto field = net::u16_bytes(static_cast<std::uint16_t>(length));
  std::copy(field.begin(), field.end(), out_.begin() + static_cast<std::ptrdiff_t>(start) - 2);
  out_.resize((out_.size() + 3) & ~std::size_t{3});
  write_length(out_.size() - header_size);
  return *this;
}

void MessageBuilder::write_length(std::size_t length) {
  assert(length <= 0xFFFF);
  const auto field = net::u16_bytes(static_cast<std::uint16_t>(length));
  std::copy(field.begin(), field.end(), out_.begin() + 2);
}

}  // namespace stun
