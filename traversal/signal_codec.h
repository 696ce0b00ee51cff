#pragma once
// Signals as JSON and back. Reading is for hostile text: nesting over 32, duplicate keys, wrong UTF-8, wrong types,
// numbers out of range and words that do not exist are refused with the place; unknown keys are ignored.

#include <string>
#include <string_view>

#include "net/result.h"
#include "traversal/signal.h"

namespace traversal {

[[nodiscard]] std::string to_json(const Signal& signal);
[[nodiscard]] net::Result<Signal, std::string> parse_signal(std::string_view json);

// An order of a matrix as people and scripts write it: any of "pairs", "strategies", "trials" and "hold_ms", the others
// as `natpunch matrix` has them; other keys are refused.
[[nodiscard]] net::Result<MatrixRequest, std::string> parse_matrix_order(std::string_view json);

}  // namespace traversal
