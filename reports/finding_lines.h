#pragma once
// The findings of a verdict as rows, so that text, HTML and later forms walk one list. A new finding is one more row.

#include <optional>
#include <string>
#include <vector>

#include "probe/verdict.h"

namespace reports {

struct FindingLine {
  std::string name;                  // "mapping": as in JSON and --explain
  std::optional<std::string> value;  // "endpoint-independent"; empty: unknown
  std::string meaning;               // what the value does, in plain words
  double confidence = 0;
  std::vector<std::size_t> evidence;  // indices into the observations
  std::string why;
};

[[nodiscard]] std::vector<FindingLine> finding_lines(const probe::Verdict& verdict);

// "99.999 % sure, 6 observations", with what qualifies it; or "unknown: the reason".
[[nodiscard]] std::string certainty(const FindingLine& finding);

}  // namespace reports
