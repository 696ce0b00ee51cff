#include "traversal/target_caps.h"

#include <algorithm>
#include <numeric>

namespace traversal {
namespace {

std::string punches_cap(const net::IpAddress& target) {
  return "cap: 1,000 punches an hour towards " + net::to_string(target);
}
std::string sprays_cap(const net::IpAddress& target) {
  return "cap: 12 sprays an hour towards " + net::to_string(target);
}

std::int64_t minute_of(net::TimePoint now) { return now.time_since_epoch() / std::chrono::minutes(1); }

}  // namespace

bool sprays(std::string_view strategy) { return strategy.find("spray") != std::string_view::npos; }

void HourlyCount::add(net::TimePoint now, unsigned count) {
  const std::int64_t minute = minute_of(now);
  for (; newest_ < minute; ++newest_) {
    if (minute - newest_ > minutes) newest_ = minute - minutes;
    counts_[static_cast<std::size_t>((newest_ + 1) % minutes)] = 0;
  }
  auto& held = counts_[static_cast<std::size_t>(minute % minutes)];
  held = static_cast<std::uint16_t>(std::min<unsigned>(held + count, UINT16_MAX));
}

unsigned HourlyCount::total(net::TimePoint now) const {
  const std::int64_t oldest = minute_of(now) - minutes + 1;
  unsigned sum = 0;
  for (std::int64_t minute = std::max(oldest, newest_ - minutes + 1); minute <= newest_; ++minute) {
    if (minute >= 0) sum += counts_[static_cast<std::size_t>(minute % minutes)];
  }
  return sum;
}

const TargetCaps::Target* TargetCaps::find(const net::IpAddress& target) const {
  const auto found = targets_.find(target);
  return found == targets_.end() ? nullptr : &found->second;
}

std::optional<std::string> TargetCaps::refusal(const net::IpAddress& target, const Id& matrix, const Use& use,
                                               net::TimePoint now) const {
  const Target* known = find(target);
  const unsigned punches = known == nullptr ? 0 : known->punches.total(now) + known->promised.punches;
  const unsigned sprayed = known == nullptr ? 0 : known->sprays.total(now) + known->promised.sprays;
  if (punches + use.punches > most_punches_an_hour) return punches_cap(target);
  if (use.sprays == 0) return std::nullopt;
  if (known != nullptr && known->cool_until && now < *known->cool_until && known->sprayed_by != matrix) {
    return "cool-down: 10 minutes without sprays towards " + net::to_string(target) +
           " after a failed job that sprayed";
  }
  if (sprayed + use.sprays > most_sprays_an_hour) return sprays_cap(target);
  return std::nullopt;
}

std::optional<std::string> TargetCaps::exhausted(const net::IpAddress& target, bool spray, net::TimePoint now) const {
  const Target* known = find(target);
  if (known == nullptr) return std::nullopt;
  if (spray && known->sprays.total(now) >= most_sprays_an_hour) return sprays_cap(target);
  if (!spray && known->punches.total(now) >= most_punches_an_hour) return punches_cap(target);
  return std::nullopt;
}

bool TargetCaps::room(const net::IpAddress& target, const Use& use) const {
  const Target* known = find(target);
  if (known == nullptr) return true;
  return known->jobs < most_punches_at_once && (use.sprays == 0 || known->spraying_jobs < most_sprays_at_once);
}

bool TargetCaps::aimed_at(const net::IpAddress& target) const {
  const Target* known = find(target);
  return known != nullptr && known->jobs > 0;
}

void TargetCaps::begin(const net::IpAddress& target, const Use& use) {
  Target& known = targets_[target];
  ++known.jobs;
  known.spraying_jobs += use.sprays > 0 ? 1 : 0;
  known.promised.punches += use.punches;
  known.promised.sprays += use.sprays;
}

void TargetCaps::end(const net::IpAddress& target, const Use& use, const Use& unused) {
  Target& known = targets_[target];
  --known.jobs;
  known.spraying_jobs -= use.sprays > 0 ? 1 : 0;
  known.promised.punches -= unused.punches;
  known.promised.sprays -= unused.sprays;
}

void TargetCaps::attempted(const net::IpAddress& target, bool spray, net::TimePoint now, bool promised) {
  Target& known = targets_[target];
  (spray ? known.sprays : known.punches).add(now);
  if (promised) --known.promised.of(spray);
}

void TargetCaps::reserve(const net::IpAddress& target, const Use& use, net::TimePoint now) {
  Target& known = targets_[target];
  known.punches.add(now, use.punches);
  known.sprays.add(now, use.sprays);
}

void TargetCaps::cool(const net::IpAddress& target, const Id& matrix, net::TimePoint now) {
  targets_[target].cool_until = now + cool_down;
  targets_[target].sprayed_by = matrix;
}

void TargetCaps::forget_old(net::TimePoint now) {
  std::erase_if(targets_, [now](const auto& entry) {
    const Target& target = entry.second;
    const bool cooling = target.cool_until && now < *target.cool_until;
    return target.jobs == 0 && !cooling && target.punches.total(now) == 0 && target.sprays.total(now) == 0;
  });
}

}  // namespace traversal
