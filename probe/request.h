#pragma once
// A query as the bytes of its Binding request (RFC 8489, RFC 5780).
//
// Every request is padded with FILL to a size no reply exceeds: 92 bytes (140 for IPv6) is all a reflector of ours
// answers, the rest leaves room for a stock server's SOFTWARE. So natprobe never draws more than it sends. PADDING
// would do the opposite: it makes stock servers send 1,500 bytes (security).

#include <optional>

#include "probe/observation.h"
#include "stun/message.h"

namespace probe {

[[nodiscard]] net::Bytes write_request(const Query& query, const stun::TransactionId& id, std::uint64_t run_nonce,
                                       const std::optional<stun::ReturnToken>& token);

// The token to send there: the latest it gave, else its partner's (one token serves both of a pair).
[[nodiscard]] std::optional<stun::ReturnToken> token_for(const ObservationLog& log, const net::IpAddress& reflector);

}  // namespace probe
