#include "traversal/pair_job.h"

#include <algorithm>
#include <utility>

#include "traversal/summary.h"

namespace traversal {
namespace {

using namespace std::chrono_literals;

// Silence of a peer is noticed by its transaction (5 s); these only bound what a confused one can hold up.
constexpr net::Duration time_to_prepare = 8s;
constexpr net::Duration time_to_report = 8s;  // beyond the attempt's own time
constexpr net::Duration start_margin = 20ms;
constexpr std::size_t longest_reason = 100;
constexpr net::Duration unknown_round_trip = 200ms;  // when the observation overtook the answer

}  // namespace

PairJob::PairJob(PerSide<Party> parties, Prediction predicted, JobPlan plan)
    : parties_(std::move(parties)), plan_(std::move(plan)) {
  const Party& a = parties_[Side::A];
  const Party& b = parties_[Side::B];
  outcome_ = {.a = a.name, .b = b.name, .predicted = predicted};
  pairing_ = {.behaviors = {{a.behavior, b.behavior}},
              .ports = {{a.ports, b.ports}},
              .same_nat = predicted == Prediction::SameNat,
              .tcp_only = {{a.tcp_only, b.tcp_only}},
              .families = {{a.families, b.families}},
              .maps_ports = {{a.maps_ports, b.maps_ports}}};
  tries_ = tries_for(pairing_, plan_);
  // What is refused once is refused in every trial.
  const bool all_refused =
      std::none_of(tries_.begin(), tries_.end(), [](const Try& one) { return one.obstacle.empty(); });
  if (all_refused) plan_.trials = 1;
}

void PairJob::begin(net::TimePoint now, Secrets& secrets) {
  job_ = secrets.next_id();
  next_attempt(now, secrets);
}

void PairJob::next_attempt(net::TimePoint now, Secrets& secrets) {
  while (!finished_ && !tries_[try_].obstacle.empty()) {
    Attempt refused = current();
    refused.outcome = Outcome::NotRun;
    refused.why = tries_[try_].obstacle;
    record(std::move(refused));
  }
  if (!finished_) prepare(now, secrets);
}

void PairJob::prepare(net::TimePoint now, Secrets& secrets) {
  attempt_ = secrets.next_id();
  progress_ = {};
  started_ = false;
  prepared_at_ = now;
  seen_here_.clear();
  deadline_ = now + time_to_prepare;
  family_ = family_of(*find_strategy(tries_[try_].strategy), pairing_).value_or(family_);  // else not tried
  for (const Side side : both_sides) {
    const bool of_registration = family_ == parties_[side].families.first;
    progress_[side].nonce = secrets.next_id();
    orders_.push_back({side, Prepare{.session = parties_[side].session,
                                     .attempt = attempt_,
                                     .nonce = progress_[side].nonce,
                                     .strategy = tries_[try_].strategy,
                                     .job = job_,
                                     .trial = trial_,
                                     .family = of_registration ? "" : std::string(to_string(family_))}});
  }
}

void PairJob::prepared(Side side, const Id& attempt, net::Duration round_trip) {
  if (attempt == attempt_) progress_[side].round_trip = round_trip;
}

void PairJob::refused(net::TimePoint now, Side side, const Id& attempt, const std::string& why, Secrets& secrets) {
  if (attempt != attempt_ || finished_) return;
  Attempt refused = current();
  refused.outcome = Outcome::NotRun;
  refused.why = parties_[side].name + " refused: " + why;
  finish_attempt(now, std::move(refused), secrets);
}

// The nonce tells which side it is: only that peer was given it.
bool PairJob::observed(net::TimePoint now, const Observe& observe, const net::Endpoint& seen, Secrets& secrets) {
  for (const Side side : both_sides) {
    if (finished_ || observe.nonce != progress_[side].nonce) continue;
    if (started_ || seen.family() != family_) return true;
    if (progress_[side].reflexive != seen) note(now, Step::Seen, seen);
    progress_[side].reflexive = seen;
    progress_[side].local = observe.local;
    take_mapping(progress_[side], observe);
    start_when_ready(now, secrets);
    return true;
  }
  return false;
}

// A router says where it leads a port from. Only the port is believed: the address must be the one that was seen.
void PairJob::take_mapping(Progress& own, const Observe& observe) const {
  own.mapped.reset();
  own.no_mapping = observe.no_mapping.substr(0, longest_reason);
  if (!observe.mapped) return;
  const net::IpAddress& told = observe.mapped->address;
  if (told.unspecified() || told == own.reflexive->address) {
    own.mapped = net::Endpoint{own.reflexive->address, observe.mapped->port};
  } else {
    own.no_mapping = "its router maps ports of " + net::to_string(told) + ", behind another NAT";
  }
}

// What keeps this attempt from being played, now that both sockets were seen.
std::string PairJob::lacking() const {
  const auto needed = find_strategy(tries_[try_].strategy)->needs;
  if (!needed) return {};
  std::string why;
  for (const Side side : both_sides) {
    if (find_candidate(description_of(side), *needed)) return {};
    if (!parties_[side].maps_ports) continue;
    const std::string& told = progress_[side].no_mapping;
    why += (why.empty() ? "" : "; ") + parties_[side].name + ": " + (told.empty() ? "no port was mapped" : told);
  }
  return why.empty() ? "no port was mapped" : why;
}

// Each side is told so that both begin at one moment, the trip of the Start itself counted.
void PairJob::start_when_ready(net::TimePoint now, Secrets& secrets) {
  if (!progress_[Side::A].reflexive || !progress_[Side::B].reflexive) return;
  if (std::string why = lacking(); !why.empty()) {
    Attempt left_out = current();
    left_out.outcome = Outcome::NotRun;
    left_out.why = std::move(why);
    return finish_attempt(now, std::move(left_out), secrets);
  }
  started_ = true;
  const net::Duration common_start = std::max(trip(Side::A), trip(Side::B)) + start_margin;
  common_start_ = now + common_start;
  note(now, Step::Started);
  const Key key = secrets.next_key();
  for (const Side side : both_sides) {
    orders_.push_back({side, Start{.session = parties_[side].session,
                                   .attempt = attempt_,
                                   .key = key,
                                   .own = *progress_[side].reflexive,
                                   .remote = description_of(other(side)),
                                   .in = common_start - trip(side),
                                   .with = parties_[other(side)].name,
                                   .hold = plan_.hold}});
  }
  deadline_ = common_start_ + find_strategy(tries_[try_].strategy)->longest + plan_.hold + time_to_report;
}

net::Duration PairJob::trip(Side side) const { return progress_[side].round_trip.value_or(unknown_round_trip) / 2; }

// Inside addresses are told only to a host behind the same reflexive address.
Description PairJob::description_of(Side side) const {
  const Progress& own = progress_[side];
  Description description{.behavior = parties_[side].behavior,
                          .candidates = {{CandidateType::ServerReflexive, *own.reflexive}},
                          .ports = parties_[side].ports};
  if (own.mapped) description.candidates.insert(description.candidates.begin(), {CandidateType::Mapped, *own.mapped});
  const bool same_nat = own.reflexive->address == progress_[other(side)].reflexive->address;
  if (same_nat && own.local && *own.local != *own.reflexive) {
    description.candidates.insert(description.candidates.begin(), {CandidateType::Host, *own.local});
  }
  return description;
}

bool PairJob::reported(net::TimePoint now, const Result& result, Secrets& secrets) {
  if (finished_ || !started_ || result.attempt != attempt_) return false;
  for (const Side side : both_sides) {
    Progress& reporter = progress_[side];
    if (result.nonce != reporter.nonce || reporter.half) continue;
    reporter.half = result.half;
    if (!progress_[other(side)].half) return true;
    Attempt attempt = current();
    attempt.timeline = timeline();
    const std::string direction =
        join({*progress_[Side::A].half, *progress_[Side::B].half}, {outcome_.a, outcome_.b}, attempt);
    if (!direction.empty()) outcome_.direction = direction;
    finish_attempt(now, std::move(attempt), secrets);
    return true;
  }
  return false;
}

bool PairJob::over_tcp() const {
  return !finished_ && find_strategy(tries_[try_].strategy) != nullptr && find_strategy(tries_[try_].strategy)->tcp;
}

void PairJob::lost(Side side, const std::string& why) {
  if (finished_) return;
  finish();
  if (started_) orders_.push_back({other(side), Stop{parties_[other(side)].session, attempt_}});
  outcome_.outcome = Outcome::AgentLost;
  outcome_.why = parties_[side].name + " was lost: " + why;
}

void PairJob::forbid(const std::string& why) {
  Attempt forbidden = current();
  forbidden.outcome = Outcome::NotRun;
  forbidden.why = why;
  outcome_.attempts.push_back(std::move(forbidden));
  finish();
}

void PairJob::tick(net::TimePoint now, Secrets& secrets) {
  if (finished_ || now < deadline_) return;
  Attempt attempt = current();
  attempt.outcome = Outcome::Failed;
  attempt.timeline = timeline();
  const auto missing = [this](Side side) {
    return started_ ? !progress_[side].half.has_value() : !progress_[side].reflexive.has_value();
  };
  attempt.why = parties_[missing(Side::A) ? Side::A : Side::B].name +
                (started_ ? " did not report" : "'s punch socket was not seen by the rendezvous");
  finish_attempt(now, std::move(attempt), secrets);
}

void PairJob::finish_attempt(net::TimePoint now, Attempt attempt, Secrets& secrets) {
  record(std::move(attempt));
  next_attempt(now, secrets);
}

void PairJob::record(Attempt attempt) {
  const bool trial_done = (connected(attempt.outcome) && !plan_.every_strategy) || try_ + 1 == tries_.size();
  outcome_.attempts.push_back(std::move(attempt));
  try_ = trial_done ? 0 : try_ + 1;
  trial_ += trial_done ? 1 : 0;
  if (trial_ > plan_.trials) finish();
}

void PairJob::finish() {
  finished_ = true;
  deadline_ = net::TimePoint::max();
  summarize(outcome_);
}

std::vector<PairJob::Order> PairJob::take_orders() { return std::exchange(orders_, {}); }

std::optional<Side> PairJob::side_of(const std::string& name) const {
  for (const Side side : both_sides) {
    if (parties_[side].name == name) return side;
  }
  return std::nullopt;
}

Attempt PairJob::current() const { return {.trial = trial_, .strategy = tries_[try_].strategy}; }

void PairJob::note(net::TimePoint now, Step step, const std::optional<net::Endpoint>& where) {
  if (seen_here_.size() < most_events) seen_here_.push_back({Witness::Rendezvous, {now - prepared_at_, step, where}});
}

// The hosts count from the common start; what reflectors saw, from when they were asked to prepare.
std::vector<TimelineEvent> PairJob::timeline() const {
  std::vector<TimelineEvent> all = seen_here_;
  for (const Side side : both_sides) {
    if (!progress_[side].half) continue;
    const auto& events = progress_[side].half->events;
    for (std::size_t i = 0; i < std::min(events.size(), most_events); ++i) {
      all.push_back({witness(side), events[i]});
      all.back().event.at += common_start_ - prepared_at_;
    }
    for (const Reflected& seen : progress_[side].half->reflected) {
      if (seen.reflector < 1 || seen.reflector > most_reflectors) continue;
      const Witness by = seen.reflector == 1 ? Witness::Reflector1 : Witness::Reflector2;
      all.push_back({by, {trip(side) + seen.at, Step::Seen, seen.where}});
    }
  }
  std::stable_sort(all.begin(), all.end(), [](const auto& x, const auto& y) { return x.event.at < y.event.at; });
  return all;
}

}  // namespace traversal
