#pragma once
// JSON from strangers, parsed with limits: nesting of at most 32, no duplicate keys, right UTF-8, nothing behind it.

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "net/result.h"

namespace traversal {

inline constexpr int deepest_nesting = 32;

// The library takes a time that grows with the square of the keys of an object, and of the objects of a list: text that
// is larger than a datagram is parsed within limits of both.
struct JsonLimits {
  std::size_t objects = std::numeric_limits<std::size_t>::max();
  std::size_t keys = std::numeric_limits<std::size_t>::max();  // of an object
};

[[nodiscard]] net::Result<nlohmann::ordered_json, std::string> parse_strict_json(std::string_view text,
                                                                                 const JsonLimits& limits = {});

}  // namespace traversal
