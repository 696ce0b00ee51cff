#include "traversal/low_ttl_primer.h"

#include "traversal/ordinary_punch.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

// Past the own NAT, and not as far as the other's: between two homes there are at least the own NAT, one router of the
// provider and the other NAT. Behind a carrier's NAT as well it opens the inner one only.
constexpr std::uint8_t primer_hops = 2;
constexpr std::size_t primers = 3;  // per place; the way to the NAT may lose one
constexpr net::Duration primer_step = 10ms;
constexpr net::Duration primer_head_start = 300ms;  // more than starts differ by

}  // namespace

Plan low_ttl_primer(const Description&, const Description& remote, net::Random&) {
  const auto places = places_of(remote, CandidateType::ServerReflexive);
  Plan plan = ordinary_punch(places, primer_head_start);
  std::vector<PlannedCheck> primed;
  for (std::size_t i = 0; i < primers; ++i) {
    for (const net::Endpoint& place : places)
      primed.push_back({.at = i * primer_step, .to = place, .ttl = primer_hops});
  }
  plan.checks.insert(plan.checks.begin(), primed.begin(), primed.end());
  return plan;
}

}  // namespace traversal
