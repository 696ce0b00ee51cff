#pragma once
// What a matrix will be like, said before it begins: how long it takes, and how many pairs a cap leaves out. The
// schedule itself is played, with the length each job has when it goes as theory says.

#include <functional>
#include <string>

#include "traversal/matrix_run.h"
#include "traversal/target_caps.h"

namespace traversal {

struct Forecast {
  net::Duration length{};
  std::size_t not_run = 0;
  std::string cap;  // the first that leaves out a pair
};

// A job as a schedule sees it: whom it is aimed at, what it uses, how long it takes.
struct JobOutline {
  std::vector<net::IpAddress> targets;
  TargetCaps::Use use;
  net::Duration length{};
};

// `caps` as they are now. Of more than some ten thousand pairs the length is a lower bound by the busiest host, and by
// all hosts together.
[[nodiscard]] Forecast forecast(const std::vector<IndexPair>& pairs, std::size_t hosts,
                                const std::function<JobOutline(std::uint32_t pair)>& outline, const Id& matrix,
                                TargetCaps caps, net::TimePoint now);

}  // namespace traversal
