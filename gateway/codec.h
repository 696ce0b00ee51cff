#pragma once
// The bytes of a gateway question, and what the gateway's bytes mean as an answer to it: a table over the protocols.
// Everything from the gateway is hostile until read: sizes are bounded, URLs must point at the gateway itself.

#include "gateway/pcp.h"
#include "gateway/question.h"
#include "net/bytes.h"

namespace gateway {

// `gateway`: whom the question goes to, the Host of an HTTP request.
[[nodiscard]] net::Bytes write_request(const Question& question, const net::Endpoint& gateway, const pcp::Nonce& nonce);

enum class Outcome : std::uint8_t {
  Answered,
  Refused,   // `error_code` is the protocol's own
  Unusable,  // it says nothing that could be used
};

struct Reply {
  Outcome outcome = Outcome::Answered;
  Answer answer = {};
  std::optional<std::uint16_t> error_code = std::nullopt;
  std::string note = {};  // fit to show
};

// Of a datagram. Empty: it is no answer to this question.
[[nodiscard]] std::optional<Reply> read_datagram(const Question& question, const net::IpAddress& gateway,
                                                 const pcp::Nonce& nonce, net::BytesView datagram);

// Of what has come on a connection so far; `ended`: no more comes. Empty: not whole yet.
[[nodiscard]] std::optional<Reply> read_stream(const Question& question, const net::IpAddress& gateway,
                                               net::BytesView received, bool ended);

}  // namespace gateway
