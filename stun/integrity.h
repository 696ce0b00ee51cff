#pragma once
// MESSAGE-INTEGRITY, MESSAGE-INTEGRITY-SHA256 and FINGERPRINT (RFC 8489 sections 14.5 to 14.7): computing and checking.

#include <cstdint>

#include "net/bytes.h"
#include "stun/message.h"

namespace stun {

// CRC-32 of the message so far, XOR 0x5354554E; the length field must already count the FINGERPRINT.
[[nodiscard]] std::uint32_t fingerprint_of(net::BytesView message_before_fingerprint);

// No FINGERPRINT, or exactly one that is last, of four bytes, and right.
[[nodiscard]] bool fingerprint_acceptable(const Message& message);

// Whether the integrity attributes that are there have a size the RFC allows: 20; 16 to 32 and a multiple of 4.
[[nodiscard]] bool integrity_well_formed(const Message& message);

inline constexpr std::size_t least_sha256_size = 16;

enum class Integrity : std::uint8_t { Right, Wrong, Absent };
[[nodiscard]] Integrity check_message_integrity(const Message& message, net::BytesView key);
// Of a truncated hash at least `least_size` bytes must be there, else Wrong (RFC 8489 section 14.6).
[[nodiscard]] Integrity check_message_integrity_sha256(const Message& message, net::BytesView key,
                                                       std::size_t least_size = least_sha256_size);

}  // namespace stun
