#pragma once
// What a probe's findings say of how its NAT's ports follow each other, in traversal's words: the step where they are
// predictable, a block, or the part of the whole range that they were drawn from. Empty where allocation is not known.

#include <optional>

#include "probe/verdict.h"
#include "traversal/port_pattern.h"

namespace traversal {

[[nodiscard]] std::optional<PortPattern> port_pattern_of(const probe::Verdict& verdict);

}  // namespace traversal
