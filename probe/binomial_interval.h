#pragma once
// How far a share that was counted may lie from the true one.

#include <cstddef>

namespace probe {

struct ShareInterval {
  double low = 0;
  double high = 1;
};

// 95 % interval of a share counted in independent trials, exact: it holds the true one at least so often, however few
// the trials (Clopper and Pearson 1934).
[[nodiscard]] ShareInterval exact_interval(std::size_t hits, std::size_t trials);

}  // namespace probe
