#pragma once
// The pace of every punch that is not a search: a burst of four checks 10 ms apart, in case the first is late or lost,
// then 20 a second for two seconds. Several places take turns.

#include <vector>

#include "net/endpoint.h"
#include "traversal/strategy.h"

namespace traversal {

inline constexpr net::Duration ordinary_length = std::chrono::seconds(2);

// The first check `begin` after the common start; the plan is longer by as much.
[[nodiscard]] Plan ordinary_punch(const std::vector<net::Endpoint>& places, net::Duration begin = {});

// The candidates of one type, or of all.
[[nodiscard]] std::vector<net::Endpoint> places_of(const Description& side,
                                                   std::optional<CandidateType> only = std::nullopt);

}  // namespace traversal
