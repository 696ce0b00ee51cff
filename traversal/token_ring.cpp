#include "traversal/token_ring.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "stun/crypto.h"

namespace traversal {

TokenRing::TokenRing(std::string_view token)
    : TokenRing(std::vector<Token>{{.name = token.empty() ? "" : "token", .key = signal_key(token)}}) {
  open_ = token.empty();
}

TokenRing::TokenRing(std::vector<Token> tokens) : tokens_(std::move(tokens)) {
  std::transform(tokens_.begin(), tokens_.end(), std::back_inserter(keys_),
                 [](const Token& token) { return token.key; });
}

const Token* TokenRing::of_key(const Key& key, net::TimePoint now) const {
  const Token* found = nullptr;
  for (const Token& token : tokens_) {  // all of them, whichever it is
    if (stun::constant_time_equal(token.key, key) && (!token.until || now < *token.until)) found = &token;
  }
  return found;
}

const Token* TokenRing::presented(std::string_view token, net::TimePoint now) const {
  return open_ ? nullptr : of_key(signal_key(token), now);
}

}  // namespace traversal
