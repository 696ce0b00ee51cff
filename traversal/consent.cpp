#include "traversal/consent.h"

#include <algorithm>

#include "net/address_scope.h"

namespace traversal {
namespace {

constexpr std::uint16_t least_port = 1024;
constexpr std::size_t most_punches = 1000;
constexpr net::Duration budget_period = std::chrono::hours(1);

}  // namespace

std::vector<Candidate> permitted(const std::vector<Candidate>& offered, const net::Endpoint& reflexive,
                                 const std::optional<net::Endpoint>& local) {
  const bool same_nat = std::any_of(offered.begin(), offered.end(), [&](const Candidate& candidate) {
    return candidate.type == CandidateType::ServerReflexive && candidate.endpoint.address == reflexive.address;
  });
  std::vector<Candidate> allowed;
  for (const Candidate& candidate : offered) {
    const net::IpAddress& address = candidate.endpoint.address;
    const bool inside = candidate.type == CandidateType::Host;
    if (candidate.endpoint.port < least_port || candidate.endpoint.family() != reflexive.family()) continue;
    if (inside && !(same_nat && local && net::scope(address) == net::scope(local->address))) continue;
    if (net::reachable_on_word_of(address, inside ? local->address : reflexive.address)) allowed.push_back(candidate);
  }
  return allowed;
}

bool PunchBudget::take(net::TimePoint now) {
  while (!taken_.empty() && taken_.front() + budget_period <= now) taken_.pop_front();
  if (taken_.size() == most_punches) return false;
  taken_.push_back(now);
  return true;
}

}  // namespace traversal
