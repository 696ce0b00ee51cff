#pragma once
// What a verdict says, as rows of one shape and in one order: the class, RFC 3489's name, mapping, filtering, then
// every other finding that was asked for. For forms that compare and count; finding_lines.h has the words for readers.

#include <optional>
#include <string>
#include <vector>

#include "probe/verdict.h"

namespace reports {

struct Fact {
  std::string name;                    // "class", "mapping", "hairpin": as in JSON and --expect
  std::optional<probe::Figure> value;  // empty: unknown
  double confidence = 0;               // 0 where the fact follows from others
  std::size_t observations = 0;        // it rests on
  std::string why;
  std::optional<double> low;  // the interval of a rate
  std::optional<double> high;
};

[[nodiscard]] std::vector<Fact> facts_of(const probe::Verdict& verdict);

}  // namespace reports
