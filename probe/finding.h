#pragma once
// What is known of one question. Unknown is an answer: then `value` is empty and `why` says why; a guess is never a
// value.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace probe {

template <typename T>
struct Finding {
  std::optional<T> value;
  double confidence = 0;  // 1 minus the chance of this evidence under the next likely value, at the loss seen
  std::vector<std::size_t> evidence;  // indices into the log, ascending
  std::string why;                    // why unknown, or what qualifies the value; empty otherwise
};

}  // namespace probe
