#pragma once
// STUN over TCP (RFC 8489 section 6.2.2): the header's length field frames messages in the byte stream.

#include <optional>

#include "net/bytes.h"

namespace stun {

class StreamFramer {
 public:
  void push(net::BytesView bytes);  // dropped once broken(): nothing more is kept of such a stream

  // The next whole message, or nothing yet.
  [[nodiscard]] std::optional<net::Bytes> next();

  // What lies at the front can never become a message we take: no cookie, a length that is not a multiple of four, more
  // than max_message_size. The connection is to be closed without an answer.
  [[nodiscard]] bool broken() const;

  [[nodiscard]] std::size_t buffered() const { return buffer_.size() - start_; }

 private:
  net::Bytes buffer_;
  std::size_t start_ = 0;  // of what was not taken yet

  [[nodiscard]] net::BytesView pending() const;
};

}  // namespace stun
