#pragma once
// The pairs of a matrix and their order.

#include <array>
#include <string>
#include <vector>

namespace traversal {

using NamePair = std::array<std::string, 2>;

[[nodiscard]] bool same_pair(const NamePair& x, const NamePair& y);  // in either order

// Every unordered pair once, in the order of a round-robin tournament (circle method): in each round every host has one
// partner, so that jobs started from the front keep all hosts busy and none in two jobs. Names keep their given order
// within a pair.
[[nodiscard]] std::vector<NamePair> every_pair(const std::vector<std::string>& names);

}  // namespace traversal
