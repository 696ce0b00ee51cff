#pragma once
// RFC 5780's request attributes: CHANGE-REQUEST (section 7.2), RESPONSE-PORT (7.5), PADDING (7.6).

#include <optional>

#include "stun/message.h"

namespace stun {

// | 29 zero bits | change address | change port | 0 |
struct ChangeRequest {
  static constexpr AttributeType type = AttributeType::ChangeRequest;
  bool change_address = false;
  bool change_port = false;

  [[nodiscard]] bool any() const { return change_address || change_port; }
  [[nodiscard]] static std::optional<ChangeRequest> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
  friend bool operator==(const ChangeRequest&, const ChangeRequest&) = default;
};

// Written with length 2; length 4 (coturn) is read too.
struct ResponsePort {
  static constexpr AttributeType type = AttributeType::ResponsePort;
  std::uint16_t port = 0;

  [[nodiscard]] static std::optional<ResponsePort> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

struct Padding {
  static constexpr AttributeType type = AttributeType::Padding;
  std::uint16_t size = 0;  // zero bytes

  [[nodiscard]] static std::optional<Padding> parse(net::BytesView value, const TransactionId&);
  template <typename Out>
  void serialize(Out& out, const TransactionId&) const;
};

}  // namespace stun
