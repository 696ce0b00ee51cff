#pragma once
// What the findings beside mapping and filtering mean for a reader, with their figures: one row and one function each.

#include <string>

#include "probe/findings.h"

namespace reports {

// Empty where the value says it all.
[[nodiscard]] std::string meaning(const probe::NamedFinding& finding);

}  // namespace reports
