#include "traversal/consent.h"

#include <algorithm>

#include "net/address_scope.h"
#include "traversal/target_caps.h"

namespace traversal {
namespace {

constexpr std::uint16_t least_port = 1024;
constexpr net::Duration budget_period = std::chrono::hours(1);
constexpr net::Duration remembered = std::chrono::hours(1);
constexpr std::size_t most_targets = 1024;
constexpr unsigned most_sprays_a_trial = 2;

// Somebody else's word for an address that the rendezvous has seen.
bool was_seen(const std::vector<Candidate>& offered, const net::IpAddress& address) {
  return std::any_of(offered.begin(), offered.end(), [&](const Candidate& candidate) {
    return candidate.type == CandidateType::ServerReflexive && candidate.endpoint.address == address;
  });
}

}  // namespace

std::vector<Candidate> permitted(const std::vector<Candidate>& offered, const net::Endpoint& reflexive,
                                 const std::optional<net::Endpoint>& local) {
  const bool same_nat = was_seen(offered, reflexive.address);
  std::vector<Candidate> allowed;
  for (const Candidate& candidate : offered) {
    const net::IpAddress& address = candidate.endpoint.address;
    const bool inside = candidate.type == CandidateType::Host;
    if (candidate.endpoint.port < least_port || candidate.endpoint.family() != reflexive.family()) continue;
    if (candidate.type == CandidateType::Mapped && !was_seen(offered, address)) continue;
    if (inside && !(same_nat && local && net::scope(address) == net::scope(local->address))) continue;
    if (net::reachable_on_word_of(address, inside ? local->address : reflexive.address)) allowed.push_back(candidate);
  }
  return allowed;
}

std::string PunchBudget::take(net::TimePoint now, bool spray) {
  std::deque<net::TimePoint>& taken = spray ? sprays_ : punches_;
  const std::size_t most = spray ? limits_.sprays : limits_.punches;
  while (!taken.empty() && taken.front() + budget_period <= now) taken.pop_front();
  if (taken.size() >= most) return std::to_string(most) + (spray ? " sprays" : " punches") + " in this hour";
  taken.push_back(now);
  return {};
}

TargetHistory::Record& TargetHistory::record_of(net::TimePoint now, const net::IpAddress& target, const Id& job) {
  std::erase_if(records_, [now](const auto& entry) { return now >= entry.second.last + remembered; });
  if (records_.size() >= most_targets && !records_.contains(target)) {
    records_.erase(std::min_element(records_.begin(), records_.end(),
                                    [](const auto& x, const auto& y) { return x.second.last < y.second.last; }));
  }
  Record& record = records_[target];
  if (record.job != job) record = {.job = job};
  record.last = now;
  return record;
}

std::string TargetHistory::refuse_spray(net::TimePoint now, const net::IpAddress& target, const Asked& asked) {
  const auto known = records_.find(target);
  if (known == records_.end()) return "no ordinary punch to this address has failed";
  const Record& before = known->second;
  if (before.job != asked.job && before.sprayed && !before.connected && now < before.last + cool_down) {
    return "cool-down: a job that sprayed this address has failed";
  }
  if (before.job != asked.job || !before.punch_failed) return "no ordinary punch to this address has failed";
  Record& record = record_of(now, target, asked.job);
  auto& [trial, sprays] = record.sprays_of_trial;
  if (trial != asked.trial) record.sprays_of_trial = {asked.trial, 0};
  if (sprays == most_sprays_a_trial) return "two sprays in this trial";
  ++sprays;
  record.sprayed = true;
  return {};
}

// Within the cool-down of another job an ordinary punch leaves the record of that job as it is.
void TargetHistory::ended(net::TimePoint now, const net::IpAddress& target, const Asked& asked, bool connected) {
  const auto known = records_.find(target);
  const bool cooling = known != records_.end() && known->second.job != asked.job && known->second.sprayed &&
                       !known->second.connected && now < known->second.last + cool_down;
  if (cooling && !connected) return;
  Record& record = record_of(now, target, asked.job);
  record.connected = record.connected || connected;
  record.punch_failed = record.punch_failed || !(connected || asked.spray);
}

}  // namespace traversal
