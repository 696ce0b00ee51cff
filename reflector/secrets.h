#pragma once
// What a reflector derives from the 32 secret bytes of its life, each for one purpose.

#include <cstdint>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "reflector/reflector_config.h"
#include "stun/sip_hash.h"

namespace reflector {

[[nodiscard]] stun::SipKey sip_key(net::BytesView secret, std::string_view purpose);

// Of return tokens; of a pair from the shared keys, in their order, so that one token serves both.
[[nodiscard]] std::vector<stun::SipKey> token_secrets(const HostConfig& host, const ReflectorConfig& config,
                                                      net::BytesView secret);

// Of a life, and within it of the partner link of this number; never 0.
[[nodiscard]] std::uint64_t session_of(net::BytesView secret, net::Family family, std::uint32_t number = 0);

}  // namespace reflector
