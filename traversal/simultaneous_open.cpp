#include "traversal/simultaneous_open.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t burst = 4;
constexpr net::Duration burst_step = 10ms;
constexpr net::Duration steady_step = 50ms;
constexpr net::Duration attempt_length = 2s;
constexpr net::Duration time_for_the_last_answer = 100ms;

}  // namespace

Plan simultaneous_open(const Description&, const Description& remote, net::Random&) {
  Plan plan{.length = attempt_length};
  if (remote.candidates.empty()) return plan;
  net::Duration at{};
  while (at <= attempt_length - time_for_the_last_answer) {
    const std::size_t turn = plan.checks.size() % remote.candidates.size();
    plan.checks.push_back({at, remote.candidates[turn].endpoint});
    at += plan.checks.size() < burst ? burst_step : steady_step;
  }
  return plan;
}

}  // namespace traversal
