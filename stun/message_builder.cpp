#include "stun/message_builder.h"

#include <cassert>

#include "stun/crypto.h"
#include "stun/integrity.h"

namespace stun {

template <typename Out>
BasicMessageBuilder<Out>::BasicMessageBuilder(Out& out, MessageClass message_class, Method method,
                                              const TransactionId& id)
    : out_(out), id_(id) {
  out_.clear();
  net::append(out_, net::u32_bytes(std::uint32_t{message_type(message_class, method)} << 16));  // length 0
  net::append(out_, id.bytes);
}

template <typename Out>
BasicMessageBuilder<Out>& BasicMessageBuilder<Out>::add_raw(std::uint16_t type, net::BytesView value) {
  const std::size_t start = open(type);
  net::append(out_, value);
  return close(start);
}

// The length field counts through the integrity attribute itself when the hash is taken (RFC 8489 section 14.5).
template <typename Out>
BasicMessageBuilder<Out>& BasicMessageBuilder<Out>::add_message_integrity(net::BytesView key) {
  write_length(out_.size() + 4 + sha1_size - header_size);
  const auto hash = hmac_sha1(key, net::as_view(out_));
  return add(AttributeType::MessageIntegrity, hash);
}

template <typename Out>
BasicMessageBuilder<Out>& BasicMessageBuilder<Out>::add_message_integrity_sha256(net::BytesView key, std::size_t size) {
  assert(size >= least_sha256_size && size <= sha256_size && size % 4 == 0);
  write_length(out_.size() + 4 + size - header_size);
  const auto hash = hmac_sha256(key, net::as_view(out_));
  return add(AttributeType::MessageIntegritySha256, net::BytesView(hash).first(size));
}

template <typename Out>
BasicMessageBuilder<Out>& BasicMessageBuilder<Out>::add_fingerprint() {
  write_length(out_.size() + 8 - header_size);
  return add(AttributeType::Fingerprint, net::u32_bytes(fingerprint_of(net::as_view(out_))));
}

template class BasicMessageBuilder<net::Bytes>;
template class BasicMessageBuilder<net::ByteRoom>;

}  // namespace stun
