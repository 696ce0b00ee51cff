#pragma once
// Writes one STUN message into bytes the caller owns (and may re-use: nothing is allocated once they have grown).
// The length field is right after every call; padding is zero. Order is the caller's: integrity after what it protects,
// FINGERPRINT last.

#include "net/bytes.h"
#include "stun/message.h"

namespace stun {

class MessageBuilder {
 public:
  MessageBuilder(net::Bytes& out, MessageClass message_class, Method method, const TransactionId& id);

  MessageBuilder& add(AttributeType type, net::BytesView value) {
    return add_raw(static_cast<std::uint16_t>(type), value);
  }
  MessageBuilder& add_raw(std::uint16_t type, net::BytesView value);

  // A typed attribute: A has `type` and `void serialize(net::Bytes&, const TransactionId&) const`.
  template <typename A>
  MessageBuilder& add(const A& attribute) {
    const std::size_t start = open(static_cast<std::uint16_t>(A::type));
    attribute.serialize(out_, id_);
    return close(start);
  }

  MessageBuilder& add_message_integrity(net::BytesView key);                                // HMAC-SHA1
  MessageBuilder& add_message_integrity_sha256(net::BytesView key, std::size_t size = 32);  // 16 to 32, multiple of 4
  MessageBuilder& add_fingerprint();

  [[nodiscard]] std::size_t size() const { return out_.size(); }

 private:
  net::Bytes& out_;
  TransactionId id_;

  std::size_t open(std::uint16_t type);
  MessageBuilder& close(std::size_t start);
  void write_length(std::size_t length);
};

}  // namespace stun
