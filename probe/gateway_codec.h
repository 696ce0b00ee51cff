#pragma once
// The bytes of a gateway question, and what the gateway's bytes mean as an answer to it: a table over the protocols.
// Everything from the gateway is hostile until read: sizes are bounded, URLs must point at the gateway itself.

#include "net/bytes.h"
#include "probe/gateway.h"
#include "probe/observation.h"
#include "probe/pcp.h"

namespace probe {

// `gateway`: whom the question goes to, the Host of an HTTP request.
[[nodiscard]] net::Bytes write_gateway_request(const GatewayQuestion& question, const net::Endpoint& gateway,
                                               const pcp::Nonce& nonce);

struct GatewayReply {
  Outcome outcome = Outcome::Answered;  // or Refused (then `error_code` is the protocol's own), or Unusable
  GatewayAnswer answer = {};
  std::optional<std::uint16_t> error_code = std::nullopt;
  std::string note = {};  // fit to show
};

// Of a datagram. Empty: it is no answer to this question.
[[nodiscard]] std::optional<GatewayReply> read_gateway_datagram(const GatewayQuestion& question,
                                                                const net::IpAddress& gateway, const pcp::Nonce& nonce,
                                                                net::BytesView datagram);

// Of what has come on a connection so far; `ended`: no more comes. Empty: not whole yet.
[[nodiscard]] std::optional<GatewayReply> read_gateway_stream(const GatewayQuestion& question,
                                                              const net::IpAddress& gateway, net::BytesView received,
                                                              bool ended);

}  // namespace probe
