#pragma once
// The token file of a rendezvous. A file of one line is the token, as it is in the files of the hosts. Several lines,
// or a first line that is a comment, are a table: "NAME TOKEN [until 2027-01-31]", a token a line, # before a comment.
// In it a token may also be "key:" and 64 hexadecimal digits, the key that is made of it (docs/rendezvous.md). Pure.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/result.h"
#include "traversal/signal_message.h"

namespace traversal {

struct TokenLine {
  std::string name;
  Key key{};
  std::optional<std::chrono::system_clock::time_point> until;
};

// The error names the line and never a token.
[[nodiscard]] net::Result<std::vector<TokenLine>, std::string> parse_tokens(std::string_view text);

}  // namespace traversal
