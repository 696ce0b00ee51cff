#pragma once
// The tokens a rendezvous knows: each has a name for the operator and may run out. Only the key that is made of a token
// is kept (signal_key), never the token; what is presented is compared with it in constant time. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/time.h"
#include "traversal/signal_message.h"

namespace traversal {

struct Token {
  std::string name;
  Key key{};
  std::optional<net::TimePoint> until = std::nullopt;  // from then on it is none
};

class TokenRing {
 public:
  TokenRing() : TokenRing(std::string_view()) {}
  explicit TokenRing(std::string_view token);     // one; empty: open to everyone
  explicit TokenRing(std::vector<Token> tokens);  // never open, also when there are none

  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] const std::vector<Key>& keys() const { return keys_; }

  // The token of this key, if it has not run out.
  [[nodiscard]] const Token* of_key(const Key& key, net::TimePoint now) const;
  // The same of one that was presented as it is; never one of an open ring.
  [[nodiscard]] const Token* presented(std::string_view token, net::TimePoint now) const;

 private:
  std::vector<Token> tokens_;
  std::vector<Key> keys_;  // of the same, in the same order
  bool open_ = false;
};

}  // namespace traversal
