#pragma once
// What a matrix will be like, said before it begins: how long it takes, and how many pairs will not be run: where
// UDP is blocked, where the odds are poor, where a cap leaves them out. The schedule itself is played, with the length
// each job has when it goes as theory says.

#include <functional>
#include <string>

#include "traversal/job_outline.h"
#include "traversal/matrix_run.h"

namespace traversal {

struct Forecast {
  net::Duration length{};
  std::size_t not_run = 0;
  std::string why;  // of the first of them
};

// `caps` as they are now. Of more than some ten thousand pairs the length is a lower bound by the busiest host, and by
// all hosts together.
[[nodiscard]] Forecast forecast(const std::vector<IndexPair>& pairs, std::size_t hosts,
                                const std::function<JobOutline(std::uint32_t pair)>& outline, const Id& matrix,
                                TargetCaps caps, net::TimePoint now);

}  // namespace traversal
