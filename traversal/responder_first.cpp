#include "traversal/responder_first.h"

#include "traversal/ordinary_punch.h"
#include "traversal/predict.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration responder_head_start = 100ms;  // more than starts differ by

bool responds_to(const net::NatBehavior& one, const net::NatBehavior& other) {
  return !dependent(one) && one.filtering == net::FilteringBehavior::AddressDependent && dependent(other);
}

}  // namespace

Plan responder_first(const Description& local, const Description& remote, net::Random&) {
  Plan plan =
      ordinary_punch(places_of(remote), responds_to(remote.behavior, local.behavior) ? responder_head_start : 0ms);
  plan.length = ordinary_length + responder_head_start;
  return plan;
}

std::string order_does_not_matter(const Pairing& pair) {
  const auto& [a, b] = pair.behaviors.values;
  return responds_to(a, b) || responds_to(b, a) ? "" : "between these two the order does not matter";
}

}  // namespace traversal
