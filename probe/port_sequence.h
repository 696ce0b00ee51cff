#pragma once
// Whether ports that were handed out one after another form a sequence: numbers in, chances out.
//
// A NAT that allocates in sequence adds a step to the port before. Where other hosts draw from the same sequence, some
// steps are missing between two of ours; where the pool ends, it begins anew. The likeliest other explanation is chance
// within a range as narrow as what was seen.

#include <cstdint>
#include <optional>
#include <vector>

namespace probe {

// Differences between ports, each the next one the NAT handed out to us: (port - port before).
using PortSteps = std::vector<int>;

// The largest number of which at least nine in ten of the steps are multiples; negative for a sequence that
// falls. Empty: there is no step at all.
[[nodiscard]] std::optional<int> common_step(const PortSteps& steps);

// The chance that ports at random within `range` (at least 64: the smallest block NATs hand out) would show steps that
// are so often so small and of one sign, or so often the same.
[[nodiscard]] double chance_of_steps(const PortSteps& steps, double range);

// How often the order of these ports turns round, in whichever direction it does so less: 0 for a sequence, 1 for one
// that began anew at the end of the pool.
[[nodiscard]] unsigned turns(const std::vector<std::uint16_t>& ports);
// The chance that so many ports at random would have at most one turn; 1 where they have more.
[[nodiscard]] double chance_of_order(const std::vector<std::uint16_t>& ports);

// Of the multiples of the step, in bits: 0 where each step is the same (Shannon's entropy of what was seen).
[[nodiscard]] double entropy(const PortSteps& steps);

}  // namespace probe
