#pragma once
// What the findings beside mapping and filtering mean for a reader, with their figures: one row and one function each.

#include <string>
#include <string_view>

#include "probe/findings.h"

namespace reports {

// The value with its unit, and the interval of a rate: "120 s", "92 % (78 to 98)".
[[nodiscard]] std::string shown_value(const probe::NamedFinding& finding);

// "s", "bytes", "%"; empty for findings that are words.
[[nodiscard]] std::string_view unit_of(std::string_view finding);

// Empty where the value says it all.
[[nodiscard]] std::string meaning(const probe::NamedFinding& finding);

}  // namespace reports
