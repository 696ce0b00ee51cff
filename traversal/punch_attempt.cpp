#include "traversal/punch_attempt.h"

#include <algorithm>

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration triggered_step = 100ms;  // beside the plan's 50 ms, within its 60 checks
constexpr unsigned most_checks_after = 60;       // an answer came; two NATs may answer each other from ever new ports
constexpr std::size_t most_sources = 8;          // same reason: theory needs no more than three
constexpr std::size_t most_answers = 240;        // twice what an honest other side may ask
constexpr unsigned most_unreachable = 3;         // of a search: where it is not wanted, it ends

}  // namespace

PunchAttempt::PunchAttempt(AttemptSetup setup, net::Random random) : setup_(std::move(setup)), random_(random) {
  half_.ports = setup_.plan.sockets;
}

std::optional<Unused> PunchAttempt::handle(net::TimePoint now, const net::Endpoint& from, net::BytesView datagram,
                                           SocketIndex socket) {
  const auto packet = decode_check(datagram, setup_.key);
  if (!packet) return datagram.size() == check_size ? Unused::Forged : unreadable(datagram);
  const Path path{socket, from};
  if (const auto* check = std::get_if<Check>(&*packet)) return handle_check(now, path, *check);
  return handle_answer(now, path, std::get<CheckAnswer>(*packet));
}

// One answer a check, and none to our own when a NAT or a stranger sends it back.
std::optional<Unused> PunchAttempt::handle_check(net::TimePoint now, const Path& from, const Check& check) {
  if (check.attempt != setup_.attempt || own_.contains(check.id)) return Unused::NotAsked;
  if (answered_.size() == most_answers || !answered_.insert(check.id).second) return Unused::Repeated;
  send(from, encode(CheckAnswer{check.id, from.remote}, setup_.key));
  hear(now, from);
  return std::nullopt;
}

std::optional<Unused> PunchAttempt::handle_answer(net::TimePoint now, const Path& from, const CheckAnswer& answer) {
  const auto asked = unanswered_.find(answer.id);
  if (asked == unanswered_.end()) return own_.contains(answer.id) ? Unused::Repeated : Unused::NotAsked;
  const Path path = asked->second;
  unanswered_.erase(asked);
  if (hold_) hold_->answered(now, answer.id);
  if (over_) return std::nullopt;
  note(now, Step::Answered, from.remote);
  const Proof proof = path == from ? Proof::SamePath : Proof::TwoPaths;
  if (proof > half_.proof) {
    half_.proof = proof;
    if (!half_.proven_after) half_.proven_after = std::max(now - setup_.start, net::Duration::zero());
    proven_ = path;
    if (proof == Proof::SamePath) note(now, Step::Proven, from.remote);
  }
  hear(now, from);
  return std::nullopt;
}

// Who searches where nobody is wanted must stop. A single punch may meet a closed port on its way to an open one.
void PunchAttempt::handle_unreachable(net::TimePoint now, const net::Endpoint& destination) {
  note(now, Step::Unreachable, destination);
  if (setup_.plan.search && ++unreachable_ == most_unreachable) stop(now);
}

void PunchAttempt::stop(net::TimePoint now) {
  end_proof(now, Step::Stopped);
  if (hold_) end_hold(now);
  held_ = true;
}

void PunchAttempt::end_proof(net::TimePoint now, Step step) {
  if (!settled()) note(now, step);
  over_ = true;
}

void PunchAttempt::tick(net::TimePoint now) {
  if (!settled() && now >= setup_.start + setup_.plan.length) end_proof(now, Step::TimeOver);
  if (!settled()) return play(now);
  if (hold_is_due()) hold_.emplace(now, setup_.hold);
  if (hold_) watch(now);
}

void PunchAttempt::play(net::TimePoint now) {
  const auto& planned_checks = setup_.plan.checks;
  while (played_ < planned_checks.size() && now >= setup_.start + planned_checks[played_].at) {
    const PlannedCheck& check = planned_checks[played_++];
    const bool elsewhere = check.to_where_heard && !sources_.empty();
    send_check(now, {check.socket, elsewhere ? sources_.front().path.remote : check.to}, check.ttl);
  }
  for (Source& source : sources_) {
    if (!source.next_check || now < *source.next_check) continue;
    source.next_check = now + triggered_step;
    send_check(now, source.path);
  }
}

bool PunchAttempt::hold_is_due() const {
  return setup_.hold > net::Duration::zero() && settled() && half_.proof != Proof::None && !held_ && !hold_;
}

void PunchAttempt::watch(net::TimePoint now) {
  if (hold_->due(now)) {
    if (const auto check = send_check(now, proven_)) hold_->sent(now, *check);
  }
  if (hold_->finished(now)) end_hold(now);
}

void PunchAttempt::end_hold(net::TimePoint now) {
  half_.held = hold_->result();
  note(now, half_.held->survived ? Step::PathHeld : Step::PathLost, proven_.remote);
  held_ = true;
  hold_.reset();
}

std::optional<net::TimePoint> PunchAttempt::next_deadline() const {
  if (decided()) return std::nullopt;
  if (hold_) return hold_->next_deadline();
  if (settled()) return setup_.start;  // the hold begins at once
  net::TimePoint next = setup_.start + setup_.plan.length;
  if (played_ < setup_.plan.checks.size()) next = std::min(next, setup_.start + setup_.plan.checks[played_].at);
  for (const Source& source : sources_) {
    if (source.next_check) next = std::min(next, *source.next_check);
  }
  return next;
}

net::TimePoint PunchAttempt::end() const {
  const net::Duration watching = setup_.hold > net::Duration::zero() ? setup_.hold + time_for_a_late_answer : 0ns;
  return setup_.start + setup_.plan.length + watching;
}

std::vector<PunchAttempt::Packet> PunchAttempt::take_packets() { return std::exchange(packets_, {}); }

void PunchAttempt::hear(net::TimePoint now, const Path& source) {
  if (!over_) {
    half_.heard = true;
    note(now, Step::Heard, source.remote);
  }
  const bool known = std::any_of(sources_.begin(), sources_.end(), [&](const auto& s) { return s.path == source; });
  if (known || settled() || sources_.size() == most_sources) return;
  sources_.push_back({source, planned(source) ? std::nullopt : std::optional(now + triggered_step)});
  send_check(now, source);
}

std::optional<stun::TransactionId> PunchAttempt::send_check(net::TimePoint now, const Path& path,
                                                            std::optional<std::uint8_t> ttl) {
  if (!may_check()) return std::nullopt;
  const auto id = stun::TransactionId::random(random_);
  ++checks_;
  own_.insert(id);
  unanswered_.emplace(id, path);
  note(now, Step::FirstCheck, path.remote);
  send(path, encode(Check{id, setup_.attempt}, setup_.key), ttl);
  return id;
}

void PunchAttempt::send(const Path& path, net::Bytes payload, std::optional<std::uint8_t> ttl) {
  ++half_.packets;
  packets_.push_back({path.remote, std::move(payload), path.socket, ttl});
}

// The first of each kind; the last place is kept for how it ended.
void PunchAttempt::note(net::TimePoint now, Step step, const std::optional<net::Endpoint>& where) {
  auto& events = half_.events;
  const bool known = std::any_of(events.begin(), events.end(), [step](const Event& e) { return e.step == step; });
  const bool ending = step >= Step::Stopped;
  if (known || events.size() >= most_events - (ending ? 0U : 1U)) return;
  events.push_back({std::max(now - setup_.start, net::Duration::zero()), step, where});
}

bool PunchAttempt::may_check() const {
  unsigned most = setup_.plan.most_checks;
  if (half_.proof != Proof::None) most += most_checks_after;
  if (hold_) most += most_checks_of_a_hold;
  return checks_ < most;
}

bool PunchAttempt::planned(const Path& path) const {
  const auto& checks = setup_.plan.checks;
  return !setup_.plan.search && std::any_of(checks.begin(), checks.end(), [&](const auto& check) {
    return check.socket == path.socket && check.to == path.remote;
  });
}

}  // namespace traversal
