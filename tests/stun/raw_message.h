#pragma once
// Messages written as hexadecimal text, right or wrong on purpose, without the builder that is under test.

#include <cstdint>
#include <string>

#include "net/bytes.h"

namespace hostile {

using Hex = std::string;  // pairs of digits; blanks do not matter

inline const Hex usual_id = "2112a442 b7e7a701bc34d686fa87dfae";  // cookie and 96 bits

[[nodiscard]] Hex hex16(std::size_t value);
[[nodiscard]] Hex repeated(std::size_t times, const Hex& piece);
[[nodiscard]] Hex zeros(std::size_t count);

[[nodiscard]] Hex attribute(std::uint16_t type, const Hex& value);  // well formed, padded with zeros
[[nodiscard]] Hex message(std::uint16_t type, const Hex& body, const Hex& id = usual_id);
[[nodiscard]] Hex request(const Hex& body);  // a Binding request

// The message with a right FINGERPRINT, MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 (cut to `size`) behind it.
// `behind`: bytes that will follow the FINGERPRINT, counted by the length field the CRC covers.
[[nodiscard]] Hex fingerprinted(const Hex& message, std::size_t behind = 0);
[[nodiscard]] Hex signed_sha1(const Hex& message, std::string_view key);
[[nodiscard]] Hex signed_sha256(const Hex& message, std::string_view key, std::size_t size = 32);

}  // namespace hostile
