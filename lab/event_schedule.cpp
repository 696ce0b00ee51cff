#include "lab/event_schedule.h"

#include <algorithm>
#include <array>

namespace lab {
namespace {

constexpr std::array act_kinds = {Act::Kind::Flush,   Act::Kind::PowerOff, Act::Kind::Readdress,
                                  Act::Kind::Cut,     Act::Kind::Mend,     Act::Kind::Kill,
                                  Act::Kind::Restart, Act::Kind::Suspend,  Act::Kind::Resume};  // by Action

}  // namespace

EventSchedule::EventSchedule(const std::vector<ScenarioEvent>& events) {
  for (const ScenarioEvent& event : events) {
    pending_.push_back({.trigger = event.trigger,
                        .act = {act_kinds[static_cast<std::size_t>(event.action)], event.target, event.addresses},
                        .lasts = event.lasts});
  }
}

void EventSchedule::reached(Phase phase) { reached_.push_back(phase); }

bool EventSchedule::is_due(const Pending& pending, const Moment& moment) const {
  if (const auto* at = std::get_if<net::Duration>(&pending.trigger)) return moment.since_up >= *at;
  if (const auto* phase = std::get_if<Phase>(&pending.trigger)) return std::ranges::count(reached_, *phase) != 0;
  const auto& packets = std::get<PacketsThrough>(pending.trigger);
  return moment.packets_through(packets.node) >= packets.count;
}

bool EventSchedule::is_due(const Moment& moment) const {
  return std::ranges::any_of(pending_, [&](const Pending& pending) { return is_due(pending, moment); });
}

std::vector<Act> EventSchedule::take_due(const Moment& moment) {
  const auto rest = std::stable_partition(pending_.begin(), pending_.end(),
                                          [&](const Pending& pending) { return is_due(pending, moment); });
  std::vector<Pending> due(pending_.begin(), rest);
  pending_.erase(pending_.begin(), rest);
  std::ranges::stable_sort(due, {}, [&](const Pending& pending) {
    const auto* at = std::get_if<net::Duration>(&pending.trigger);
    return at != nullptr ? *at : moment.since_up;
  });
  std::vector<Act> acts;
  for (const Pending& pending : due) {
    acts.push_back(pending.act);
    if (pending.act.kind != Act::Kind::PowerOff) continue;
    pending_.push_back({.trigger = moment.since_up + pending.lasts, .act = {Act::Kind::PowerOn, pending.act.target}});
  }
  return acts;
}

std::optional<net::Duration> EventSchedule::next_time() const {
  std::optional<net::Duration> next;
  for (const Pending& pending : pending_) {
    if (const auto* at = std::get_if<net::Duration>(&pending.trigger)) next = std::min(next.value_or(*at), *at);
  }
  return next;
}

bool EventSchedule::waits_for_more() const {
  return std::ranges::any_of(
      pending_, [](const Pending& pending) { return !std::holds_alternative<net::Duration>(pending.trigger); });
}

bool EventSchedule::will_restart(const std::string& program) const {
  return std::ranges::any_of(pending_, [&](const Pending& pending) {
    return pending.act.kind == Act::Kind::Restart && pending.act.target == program &&
           !std::holds_alternative<Phase>(pending.trigger);
  });
}

bool EventSchedule::counts_packets() const {
  return std::ranges::any_of(
      pending_, [](const Pending& pending) { return std::holds_alternative<PacketsThrough>(pending.trigger); });
}

}  // namespace lab
