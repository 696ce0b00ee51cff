#pragma once
// A text from console to console and its acknowledgement (method Text 0xF03): under the key of a punched path, or,
// between strangers, under none. No acknowledgement is larger than its text.
//
//   text (64 or more): header (20) | TEXT (4 + 1 to 200) | FILL | MESSAGE-INTEGRITY-SHA256 (4 + 16) under a key
//   acknowledgement:   header (20) | XOR-MAPPED-ADDRESS (4 + 8 or 20) | MESSAGE-INTEGRITY-SHA256 (4 + 16) under a key
//   keep-alive:        header (20), an indication | MESSAGE-INTEGRITY-SHA256 (4 + 16)

#include <optional>
#include <string>
#include <variant>

#include "traversal/check.h"

namespace traversal {

inline constexpr std::size_t most_text_bytes = 200;

struct Text {
  stun::TransactionId id;
  std::string text;  // as it came: escape before showing
};
struct TextAcknowledgement {
  stun::TransactionId id;  // of the text
  net::Endpoint seen;      // where the text came from
};
using TextKey = std::optional<Key>;

[[nodiscard]] net::Bytes encode(const Text& text, const TextKey& key);
[[nodiscard]] net::Bytes encode(const TextAcknowledgement& acknowledgement, const TextKey& key);
[[nodiscard]] net::Bytes encode_keep_alive(const stun::TransactionId& id, const Key& key);

// Nothing, for whatever is not one of the two, under this key where there is one.
[[nodiscard]] std::optional<std::variant<Text, TextAcknowledgement>> decode_text(net::BytesView datagram,
                                                                                 const TextKey& key);

}  // namespace traversal
