#pragma once
// SOFTWARE, USERNAME, REALM, NONCE (RFC 8489 sections 14.3, 14.9, 14.10, 14.14) and our TEXT: text with a limit in
// bytes. Content is as it came, perhaps not UTF-8: escape with shown() before a person sees it.

#include <optional>
#include <string>

#include "stun/message.h"

namespace stun {

template <AttributeType Type, std::size_t LeastBytes, std::size_t MostBytes>
struct TextAttribute {
  static constexpr AttributeType type = Type;
  static constexpr std::size_t least_bytes = LeastBytes;
  static constexpr std::size_t most_bytes = MostBytes;
  std::string text;

  [[nodiscard]] static std::optional<TextAttribute> parse(net::BytesView value, const TransactionId&) {
    if (value.size() < LeastBytes || value.size() > MostBytes) return std::nullopt;
    return TextAttribute{std::string(net::as_text(value))};
  }
  void serialize(net::Bytes& out, const TransactionId&) const { net::append(out, net::as_bytes(text)); }
};

using Software = TextAttribute<AttributeType::Software, 0, 763>;
using Username = TextAttribute<AttributeType::Username, 0, 508>;
using Realm = TextAttribute<AttributeType::Realm, 1, 763>;
using Nonce = TextAttribute<AttributeType::Nonce, 1, 763>;
using Text = TextAttribute<AttributeType::Text, 1, 200>;

}  // namespace stun
