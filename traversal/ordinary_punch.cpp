#include "traversal/ordinary_punch.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t burst = 4;
constexpr net::Duration burst_step = 10ms;
constexpr net::Duration steady_step = 50ms;
constexpr net::Duration time_for_the_last_answer = 100ms;

}  // namespace

Plan ordinary_punch(const std::vector<net::Endpoint>& places, net::Duration begin) {
  Plan plan{.length = begin + ordinary_length};
  if (places.empty()) return plan;
  net::Duration at = begin;
  while (at <= plan.length - time_for_the_last_answer) {
    plan.checks.push_back({at, places[plan.checks.size() % places.size()]});
    at += plan.checks.size() < burst ? burst_step : steady_step;
  }
  return plan;
}

std::vector<net::Endpoint> places_of(const Description& side, std::optional<CandidateType> only) {
  std::vector<net::Endpoint> places;
  for (const Candidate& candidate : side.candidates) {
    if (!only || candidate.type == *only) places.push_back(candidate.endpoint);
  }
  return places;
}

}  // namespace traversal
