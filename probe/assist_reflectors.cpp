#include "probe/assist_reflectors.h"

#include <algorithm>

#include "probe/connectivity_discovery.h"
#include "probe/discovery.h"
#include "probe/log_reading.h"
#include "probe/response.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration introduction_pace = 250ms;
constexpr unsigned to_a_stranger = 3;  // as natprobe: what somebody named by a reflector gets until it answers

AssistReflectors::Introduction introduction_to(const net::Endpoint& reflector, unsigned most_requests) {
  AssistReflectors::Introduction out{.most_requests = most_requests};
  out.seen.query = {.discovery = std::string(names::assist), .to = reflector, .expected_from = reflector};
  return out;
}

bool awaited(const AssistReflectors::Introduction& one) { return !settled(one.seen); }

}  // namespace

AssistReflectors::AssistReflectors(const std::vector<net::Endpoint>& given) : given_(given.size()) {
  for (const net::Endpoint& reflector : given) introductions_.push_back(introduction_to(reflector, transaction_requests));
}

AssistReflectors::Introduction* AssistReflectors::due(net::TimePoint now) {
  for (Introduction& one : introductions_) {
    if (!awaited(one) || one.next > now) continue;
    if (one.seen.requests < one.most_requests) return &one;
    one.seen.outcome = Outcome::Silence;
  }
  return nullptr;
}

std::optional<net::TimePoint> AssistReflectors::next_deadline() const {
  std::optional<net::TimePoint> out;
  for (const Introduction& one : introductions_) {
    if (awaited(one)) out = std::min(out.value_or(one.next), one.next);
  }
  return out;
}

void AssistReflectors::sent(Introduction& introduction, net::TimePoint now) {
  ++introduction.seen.requests;
  introduction.next = now + introduction_pace;
}

bool AssistReflectors::take(const stun::Message& response, const net::Endpoint& from) {
  for (std::size_t i = 0; i < introductions_.size(); ++i) {
    Introduction& one = introductions_[i];
    if (one.seen.requests == 0 || one.id != response.id() || !awaited(one)) continue;
    if (take_response(one.seen, response, from, {}) && answered(one.seen)) follow(Observation(one.seen));
    return true;
  }
  return false;
}

void AssistReflectors::opened(const net::Endpoint& local) {
  for (Introduction& one : introductions_) one.seen.local = local;
}

void AssistReflectors::follow(const Observation& seen) {
  if (!seen.other_address || !why_not_followed(seen, false).empty()) return;
  const auto known = [&](const Introduction& one) { return one.seen.query.to == *seen.other_address; };
  if (std::any_of(introductions_.begin(), introductions_.end(), known)) return;
  if (introductions_.size() >= 3 * given_) return;  // a partner each, and no more
  const auto ours = [&](const Introduction& one) { return one.seen.query.to.address == seen.other_address->address; };
  const bool given = std::any_of(introductions_.begin(), introductions_.begin() + static_cast<std::ptrdiff_t>(given_), ours);
  introductions_.push_back(introduction_to(*seen.other_address, given ? transaction_requests : to_a_stranger));
  introductions_.back().seen.local = seen.local;
}

bool AssistReflectors::settled() const {
  return std::none_of(introductions_.begin(), introductions_.end(), awaited);
}

bool AssistReflectors::answers(const net::IpAddress& address) const {
  return std::any_of(introductions_.begin(), introductions_.end(), [&](const Introduction& one) {
    return answered(one.seen) && one.seen.query.to.address == address;
  });
}

// The four endpoints of a pair, as soon as the partner has answered; else what the user gave.
bool AssistReflectors::allowed(const net::Endpoint& target) const {
  for (std::size_t i = 0; i < introductions_.size(); ++i) {
    const Observation& seen = introductions_[i].seen;
    if (i < given_ && seen.query.to == target) return true;
    if (i >= given_ || !answered(seen) || !seen.other_address || !why_not_followed(seen, false).empty()) continue;
    const net::Endpoint& primary = seen.query.to;
    const net::Endpoint& other = *seen.other_address;
    if (target == net::with_port(primary, other.port)) return true;
    const bool at_partner = target == other || target == net::with_port(other, primary.port);
    if (at_partner && answers(other.address)) return true;
  }
  return false;
}

void AssistReflectors::ask_again(net::TimePoint now) {
  for (Introduction& one : introductions_) {
    if (answered(one.seen) || awaited(one) || one.most_requests == to_a_stranger) continue;
    one.seen = introduction_to(one.seen.query.to, one.most_requests).seen;
    one.next = now;
  }
}

}  // namespace probe
