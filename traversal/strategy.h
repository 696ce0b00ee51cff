#pragma once
// A strategy turns what is known of both sides into a plan: which checks go where and when. Pure. A new one is a file
// with its plan and a line in the table of strategy.cpp.

#include <span>
#include <string_view>
#include <vector>

#include "net/nat_behavior.h"
#include "net/random.h"
#include "net/time.h"
#include "traversal/candidate.h"

namespace traversal {

// One side of a pair.
struct Description {
  net::NatBehavior behavior;
  std::vector<Candidate> candidates;
};

struct PlannedCheck {
  net::Duration at{};  // from the common start
  net::Endpoint to;
  friend bool operator==(const PlannedCheck&, const PlannedCheck&) = default;
};

struct Plan {
  std::vector<PlannedCheck> checks;  // ascending in time
  net::Duration length{};            // when to give up; after the last check
};

struct Strategy {
  std::string_view name;
  Plan (*plan)(const Description& local, const Description& remote, net::Random& random);
};

// An ordinary punch sends at most so many checks before the first authenticated answer.
inline constexpr unsigned most_checks_before_an_answer = 60;

[[nodiscard]] std::span<const Strategy> strategies();  // in the order of trying
[[nodiscard]] const Strategy* find_strategy(std::string_view name);

}  // namespace traversal
