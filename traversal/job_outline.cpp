#include "traversal/job_outline.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration to_begin = 200ms;    // an attempt: order, sockets, observation
constexpr net::Duration to_connect = 150ms;  // where theory says that it does
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
    job.length += plan.trials * (to_begin + (strategy.search ? strategy.longest
                                             : connects      ? connecting + plan.hold
                                                             : to_give_up));
    if ((connects || strategy.search) && !plan.every_strategy) break;
  }
  const bool nothing = job.use.punches + job.use.sprays == 0;
  if (nothing && !tries.empty()) job.not_run = tries.back().obstacle;
  return job;
}

}  // namespace traversal
