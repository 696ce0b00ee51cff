#pragma once
// UTF-8 as it comes from the network: maybe broken, maybe meant to deceive. Strict (RFC 3629): no overlong forms, no
// surrogates, nothing above U+10FFFF.

#include <optional>
#include <string_view>
#include <vector>

namespace reports::utf8 {

// One character, or one byte that is not part of any.
struct Piece {
  std::string_view bytes;
  std::optional<char32_t> code_point;  // empty: a bad byte
};

[[nodiscard]] std::vector<Piece> pieces(std::string_view text);

// Characters that show nothing but change what is around them: controls (C0, DEL, C1), U+2028 and U+2029,
// bidirectional marks and overrides, zero-width joiners and spaces, the byte order mark, tags.
[[nodiscard]] bool invisible(char32_t code_point);

}  // namespace reports::utf8
