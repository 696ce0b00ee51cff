#pragma once
// The secret that natprobe and an assistant share: a short code that the assistant makes up and a person carries over,
// or any text of at least 16 characters in a file. Blanks, dashes and the case of letters do not count.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/random.h"

namespace probe {

using AssistKey = std::array<std::uint8_t, 32>;

inline constexpr std::size_t least_assist_code = 16;  // characters that count

// Empty: too short.
[[nodiscard]] std::optional<AssistKey> assist_key(std::string_view code);

// "k7qm-x2vd-9fhp-3wtr-6znc": 100 bits, in letters that are not taken for one another. Bytes of the system's generator in.
[[nodiscard]] std::string assist_code(std::array<std::uint8_t, 20> secret);

}  // namespace probe
