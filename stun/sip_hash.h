#pragma once
// SipHash-2-4 (Aumasson, Bernstein 2012): a keyed hash for short-lived tokens and for tables an attacker may feed. Of
// our own, since every request is hashed once and libcrypto's costs ten times what the hash itself does.

#include <array>
#include <cstdint>

#include "net/bytes.h"

namespace stun {

using SipKey = std::array<std::uint8_t, 16>;
[[nodiscard]] std::uint64_t sip_hash(const SipKey& key, net::BytesView message);

}  // namespace stun
