#pragma once
// JSON from strangers, parsed with limits: nesting of at most 32, no duplicate keys, right UTF-8, nothing behind it.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "net/result.h"

namespace traversal {

inline constexpr int deepest_nesting = 32;

[[nodiscard]] net::Result<nlohmann::ordered_json, std::string> parse_strict_json(std::string_view text);

}  // namespace traversal
