#include "traversal/strategy.h"

#include <algorithm>
#include <array>

#include "traversal/simultaneous_open.h"

namespace traversal {
namespace {

constexpr std::array table = {
    Strategy{"simultaneous-open", simultaneous_open},
};

}  // namespace

std::span<const Strategy> strategies() { return table; }

const Strategy* find_strategy(std::string_view name) {
  const auto* found = std::find_if(table.begin(), table.end(), [name](const auto& row) { return row.name == name; });
  return found == table.end() ? nullptr : found;
}

}  // namespace traversal
