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
  template <typename Out>
  void serialize(Out& out, const TransactionId&) const;
};

struct UnknownAttributes {
  static constexpr AttributeType type = AttributeType::UnknownAttributes;
  std::vector<std::uint16_t> types;

  [[nodiscard]] static std::optional<UnknownAttributes> parse(net::BytesView value, const TransactionId&);
  void serialize(net::Bytes& out, const TransactionId&) const;
};

// Text that came from the network, fit to show: control and format characters (direction marks among them) become
// \u{202e}, bytes that are not UTF-8 \xff, a backslash \u{005c}. Cut to 127 characters of the original, RFC 8489's
// longest reason phrase.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace stun
