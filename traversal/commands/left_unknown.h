#pragma once
// What a probe could not tell of its NAT, for one line to a user whose host registers all the same.

#include <string>

#include "probe/verdict.h"

namespace traversal {

// "mapping and filtering unknown: no reflector answered over UDP". Empty where all that predictions go by is known;
// blocked UDP is.
[[nodiscard]] std::string left_unknown(const probe::Verdict& verdict);

}  // namespace traversal
