#pragma once
// Writes one STUN message into bytes the caller owns (and may re-use: nothing is allocated once they have grown), or
// into a room of fixed size. What is written to is called `Out` here: net::Bytes or net::ByteRoom. The length field is
// right after every call; padding is zero. Order is the caller's: integrity after what it protects, FINGERPRINT last.

#include <cassert>

#include "net/byte_room.h"
#include "net/bytes.h"
#include "stun/message.h"

namespace stun {

template <typename Out>
class BasicMessageBuilder {
 public:
  BasicMessageBuilder(Out& out, MessageClass message_class, Method method, const TransactionId& id);

  BasicMessageBuilder& add(AttributeType type, net::BytesView value) {
    return add_raw(static_cast<std::uint16_t>(type), value);
  }
  BasicMessageBuilder& add_raw(std::uint16_t type, net::BytesView value);

  // A typed attribute: A has `type` and `void serialize(Out&, const TransactionId&) const`.
  template <typename A>
  BasicMessageBuilder& add(const A& attribute) {
    const std::size_t start = open(static_cast<std::uint16_t>(A::type));
    attribute.serialize(out_, id_);
    return close(start);
  }

  BasicMessageBuilder& add_message_integrity(net::BytesView key);  // HMAC-SHA1
  BasicMessageBuilder& add_message_integrity_sha256(net::BytesView key,
                                                    std::size_t size = 32);  // 16 to 32, multiple of 4
  BasicMessageBuilder& add_fingerprint();

  [[nodiscard]] std::size_t size() const { return out_.size(); }

 private:
  Out& out_;
  TransactionId id_;

  std::size_t open(std::uint16_t type) {
    net::append(out_, net::u32_bytes(std::uint32_t{type} << 16));  // length 0
    return out_.size();
  }
  BasicMessageBuilder& close(std::size_t start) {
    const std::size_t length = out_.size() - start;
    if (length % 4 != 0) out_.resize(out_.size() + 4 - length % 4);
    write_u16(start - 2, length);
    write_length(out_.size() - header_size);
    return *this;
  }
  void write_length(std::size_t length) { write_u16(2, length); }
  void write_u16(std::size_t at, std::size_t value) {
    assert(value <= 0xFFFF);
    out_.data()[at] = static_cast<std::uint8_t>(value >> 8);
    out_.data()[at + 1] = static_cast<std::uint8_t>(value);
  }
};

extern template class BasicMessageBuilder<net::Bytes>;
extern template class BasicMessageBuilder<net::ByteRoom>;

using MessageBuilder = BasicMessageBuilder<net::Bytes>;

}  // namespace stun
