#pragma once
// ERROR-CODE and UNKNOWN-ATTRIBUTES (RFC 8489 sections 14.8 and 14.13).

#include <optional>
#include <string>
#include <vector>

#include "stun/message.h"

namespace stun {

// | 21 reserved bits | class (3): 3 to 6 | number (8): 0 to 99 | reason phrase, UTF-8 |
struct ErrorCode {
  static constexpr AttributeType type = AttributeType::ErrorCode;
  std::uint16_t code = 0;  // 300 to 699
  std::string reason;      // as it came: escape before showing

  [[nodiscard]] static std::optional<ErrorCode> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

struct UnknownAttributes {
  static constexpr AttributeType type = AttributeType::UnknownAttributes;
  std::vector<std::uint16_t> types;

  [[nodiscard]] static std::optional<UnknownAttributes> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

// Text that came from the network, fit to show: control characters, wrong UTF-8 and direction marks are escaped,
// and it is cut to 127 characters (the longest reason phrase RFC 8489 allows).
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace stun
