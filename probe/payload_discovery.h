#pragma once
// Whether somebody on the path changes addresses inside UDP data (RFC 4787 REQ-10). One socket learns its inside
// endpoint with a plain request; then its requests hold that endpoint in FILL, once as bytes and once as text, and the
// reflector answers the hash of the FILL that came (ARRIVAL). Whoever changes a text changes its length, too: such a
// request is no STUN any more and draws no answer.

#include <array>

#include "probe/discovery.h"

namespace probe {

[[nodiscard]] Query payload_introduction(const net::Endpoint& reflector);

struct PayloadQuestions {
  Query as_bytes;
  Query as_text;
};
[[nodiscard]] PayloadQuestions payload_questions(const net::Endpoint& reflector, const net::Endpoint& local);

[[nodiscard]] Step next_payload(const RunSoFar& run);

}  // namespace probe
