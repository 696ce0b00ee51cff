#pragma once
// A STUN message as it lies in a datagram (RFC 8489 sections 5 and 14), decoded without copying: a Message borrows the
// bytes it was decoded from. decode() checks framing, attribute structure and FINGERPRINT; it never judges content.
//
//   0                   1                   2                   3
//   |0 0|    message type (14)      |      message length (16)      |
//   |                magic cookie 0x2112A442 (32)                   |
//   |                 transaction id (96 bits)                      |
//
// Limits of this house (docs/decisions.md): a message has at most 4,096 bytes and 64 attributes.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "net/bytes.h"
#include "net/random.h"
#include "net/result.h"
#include "stun/attribute_type.h"

namespace stun {

inline constexpr std::uint32_t magic_cookie = 0x2112A442;
inline constexpr std::size_t header_size = 20;
inline constexpr std::size_t max_message_size = 4096;
inline constexpr std::size_t max_attributes = 64;

enum class MessageClass : std::uint8_t { Request = 0, Indication = 1, Success = 2, Error = 3 };

enum class Method : std::uint16_t {
  Binding = 0x001,
  Signal = 0xF00,  // natpunch: peer and rendezvous
  Check = 0xF01,   // natpunch: a punch check or its answer
  Assist = 0xF02,  // natprobe: what is asked of an assistant behind the same NAT
  Text = 0xF03,    // natpunch: a text from console to console, or its acknowledgement
};

// The 16 bytes behind the length. A request of RFC 8489 begins them with the magic cookie, leaving 96 bits of chance;
// a classic one (RFC 3489) has 128 bits of its own.
struct TransactionId {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] static TransactionId random(net::Random& random);  // with the magic cookie
  [[nodiscard]] bool classic() const { return net::get_u32(bytes) != magic_cookie; }
  friend auto operator<=>(const TransactionId&, const TransactionId&) = default;
};

enum class DecodeErrorKind : std::uint8_t {
  TooShort,
  TooLong,
  NotStun,           // the two top bits are set
  LengthMismatch,    // the length field disagrees with the datagram
  LengthUnaligned,   // not a multiple of four
  AttributeOverrun,  // an attribute reaches past the end
  TooManyAttributes,
  BadFingerprint,  // wrong, of wrong size, repeated or not last
};

struct DecodeError {
  DecodeErrorKind kind;
  std::size_t offset;  // where in the datagram
};
[[nodiscard]] std::string_view to_string(DecodeErrorKind kind);

struct Attribute {  // without defaults, for the sake of arrays that are not filled
  std::uint16_t type;
  std::uint16_t offset;  // of the value, from the start of the message
  std::uint16_t length;  // of the value, without padding
};

enum class AttributeError : std::uint8_t { Absent, Malformed };

class Message {
 public:
  [[nodiscard]] static net::Result<Message, DecodeError> decode(net::BytesView datagram);

  Message() {}  // empty; leaves attributes_ as they are

  [[nodiscard]] MessageClass message_class() const {
    return static_cast<MessageClass>(((type_ >> 7) & 2) | ((type_ >> 4) & 1));
  }
  [[nodiscard]] std::uint16_t method() const {
    return static_cast<std::uint16_t>(((type_ & 0x3E00) >> 2) | ((type_ & 0x00E0) >> 1) | (type_ & 0x000F));
  }
  [[nodiscard]] bool is(MessageClass message_class, Method method) const;
  [[nodiscard]] const TransactionId& id() const { return id_; }
  [[nodiscard]] net::BytesView bytes() const { return bytes_; }

  // All attributes as they lie there. What stands behind MESSAGE-INTEGRITY is ignored by find() and get(), except
  // MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (RFC 8489 section 14.5).
  [[nodiscard]] std::span<const Attribute> attributes() const { return {attributes_.data(), count_}; }
  [[nodiscard]] std::span<const Attribute> considered() const { return {attributes_.data(), considered_}; }
  [[nodiscard]] net::BytesView value(const Attribute& attribute) const;

  // The first of its type, or nothing.
  [[nodiscard]] const Attribute* find(AttributeType type) const { return count_ == 0 ? nullptr : find_among(type); }
  [[nodiscard]] bool has(AttributeType type) const { return find(type) != nullptr; }

  // A typed attribute: A has `type` and `static std::optional<A> parse(BytesView, const TransactionId&)`; where it also
  // has `static bool ignored(BytesView)`, a value for which that is true counts as absent.
  template <typename A>
  [[nodiscard]] net::Result<A, AttributeError> get() const {
    const Attribute* found = find(A::type);
    if (found == nullptr) return net::Unexpected(AttributeError::Absent);
    if constexpr (requires { A::ignored(net::BytesView{}); }) {
      if (A::ignored(value(*found))) return net::Unexpected(AttributeError::Absent);
    }
    std::optional<A> parsed = A::parse(value(*found), id_);
    if (!parsed) return net::Unexpected(AttributeError::Malformed);
    return *std::move(parsed);
  }

 private:
  net::BytesView bytes_;
  std::uint16_t type_ = 0;
  TransactionId id_;
  std::array<Attribute, max_attributes> attributes_;  // the first count_
  std::size_t count_ = 0;
  std::size_t considered_ = 0;  // how many stand before or at the first integrity attribute

  [[nodiscard]] const Attribute* find_among(AttributeType type) const;
  std::optional<DecodeError> decode_attributes();
};

// RFC 8489 section 5: the class bits lie in the midst of the method's.
[[nodiscard]] constexpr std::uint16_t message_type(MessageClass message_class, Method method) {
  const auto m = static_cast<std::uint16_t>(method);
  const auto c = static_cast<std::uint16_t>(message_class);
  return static_cast<std::uint16_t>(((m & 0xF80) << 2) | ((m & 0x070) << 1) | (m & 0x00F) | ((c & 2) << 7) |
                                    ((c & 1) << 4));
}

inline bool Message::is(MessageClass message_class, Method method) const {
  return type_ == message_type(message_class, method);
}

}  // namespace stun
