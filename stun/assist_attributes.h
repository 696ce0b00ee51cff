#pragma once
// The attributes of the method Assist (0xF02): what natprobe asks of an assistant behind the same NAT, and what that
// answers. Numbers and rules: docs/protocol.md.

#include <array>
#include <optional>

#include "net/endpoint.h"
#include "stun/address_attributes.h"
#include "stun/message.h"

namespace stun {

// | act (8) | socket (8) | port (16) |
struct AssistQuestion {
  static constexpr AttributeType type = AttributeType::AssistQuestion;
  std::uint8_t act = 0;     // of probe::AssistAct
  std::uint8_t socket = 0;  // which of the assistant's
  std::uint16_t port = 0;

  [[nodiscard]] static std::optional<AssistQuestion> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

// Laid out as XOR-MAPPED-ADDRESS, so that no gateway rewrites it.
template <AttributeType Type>
struct XorAddress {
  static constexpr AttributeType type = Type;
  net::Endpoint endpoint;

  [[nodiscard]] static bool ignored(net::BytesView value) { return unknown_family(value); }
  [[nodiscard]] static std::optional<XorAddress> parse(net::BytesView value, const TransactionId& id) {
    const auto parsed = XorMappedAddress::parse(value, id);
    return parsed ? std::optional(XorAddress{parsed->endpoint}) : std::nullopt;
  }
  void serialize(net::Bytes& out, const TransactionId& id) const { XorMappedAddress{endpoint}.serialize(out, id); }
};

using AssistTarget = XorAddress<AttributeType::AssistTarget>;  // whom the assistant's socket shall write to
using AssistLocal = XorAddress<AttributeType::AssistLocal>;    // of the assistant's socket

// The transaction id by which a reflector's answer was recognised at the asker's external endpoint.
struct AssistProof {
  static constexpr AttributeType type = AttributeType::AssistProof;
  TransactionId id;

  [[nodiscard]] static std::optional<AssistProof> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

// Eight bytes that bind a question to the greeting before it.
struct AssistNonce {
  static constexpr AttributeType type = AttributeType::Nonce;
  std::array<std::uint8_t, 8> bytes{};

  [[nodiscard]] static std::optional<AssistNonce> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
  friend bool operator==(const AssistNonce&, const AssistNonce&) = default;
};

}  // namespace stun
