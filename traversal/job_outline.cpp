#include "traversal/job_outline.h"

#include <algorithm>

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration usual_round_trip = 40ms;
constexpr net::Duration to_begin = 200ms;    // an attempt: order, sockets, observation
constexpr net::Duration to_connect = 150ms;  // where theory says that it does
constexpr int trips_to_begin = 3;            // order, nonce and observation, start and result
constexpr net::Duration longest_believed = 2s;
constexpr net::Duration to_give_up = 2500ms;

bool goes_as_theory_says(std::string_view strategy) {
  return strategy == "port-prediction" || strategy == "port-mapped" || strategy == "ipv6-firewall";
}

}  // namespace

JobOutline outline_of(const std::vector<Try>& tries, const JobPlan& plan, const Theory& theory) {
  const bool direct = theory.result == Prediction::Direct || theory.result == Prediction::SameNat;
  const net::Duration connecting = theory.path == Path::TwoFiveTuples ? to_give_up : to_connect;
  JobOutline job;
  for (const Try& one : tries) {
    if (!one.obstacle.empty()) continue;
    const Strategy& strategy = *find_strategy(one.strategy);
    job.tcp_is_tried = job.tcp_is_tried || strategy.tcp;
    const bool connects = direct || goes_as_theory_says(one.strategy);
    job.use.of(strategy.search) += plan.trials;
    job.attempts += plan.trials;
    job.connections += connects && !strategy.search ? plan.trials : 0;
    job.length += plan.trials * (to_begin + (strategy.search ? strategy.longest
                                             : connects      ? connecting + plan.hold
                                                             : to_give_up));
    if ((connects || strategy.search) && !plan.every_strategy) break;
  }
  const bool nothing = job.use.punches + job.use.sprays == 0;
  if (nothing && !tries.empty()) job.not_run = tries.back().obstacle;
  return job;
}

// A connection takes up to one and a half round trips between the hosts, and the end of its hold one more; the way
// between them is taken for the one by here.
net::Duration added_by_distance(const JobOutline& job, net::Duration round_trip_a, net::Duration round_trip_b) {
  const auto beyond = [](net::Duration trip) {
    return std::clamp<net::Duration>(trip, usual_round_trip, longest_believed) - usual_round_trip;
  };
  const net::Duration a = beyond(round_trip_a);
  const net::Duration b = beyond(round_trip_b);
  return trips_to_begin * std::max(a, b) * job.attempts + 5 * (a + b) / 2 * job.connections;
}

}  // namespace traversal
