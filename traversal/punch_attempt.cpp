#include "traversal/punch_attempt.h"

#include <algorithm>

namespace traversal {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration triggered_step = 100ms;  // beside the plan's 50 ms, within its 60 checks
constexpr unsigned most_checks = 120;            // in all; two NATs may answer each other from ever new ports
constexpr std::size_t most_sources = 8;          // same reason: theory needs no more than three
constexpr std::size_t most_answers = 240;        // twice what an honest other side may ask

}  // namespace

PunchAttempt::PunchAttempt(AttemptSetup setup, net::Random random) : setup_(std::move(setup)), random_(random) {}

void PunchAttempt::handle(net::TimePoint now, const net::Endpoint& from, net::BytesView datagram) {
  const auto packet = decode_check(datagram, setup_.key);
  if (!packet) return;
  if (const auto* check = std::get_if<Check>(&*packet)) handle_check(now, from, *check);
  if (const auto* answer = std::get_if<CheckAnswer>(&*packet)) handle_answer(now, from, *answer);
}

// One answer a check, and none to our own when a NAT or a stranger sends it back.
void PunchAttempt::handle_check(net::TimePoint now, const net::Endpoint& from, const Check& check) {
  if (check.attempt != setup_.attempt || own_.contains(check.id)) return;
  if (answered_.size() == most_answers || !answered_.insert(check.id).second) return;
  send(from, encode(CheckAnswer{check.id, from}, setup_.key));
  hear(now, from);
}

void PunchAttempt::handle_answer(net::TimePoint now, const net::Endpoint& from, const CheckAnswer& answer) {
  const auto asked = unanswered_.find(answer.id);
  if (asked == unanswered_.end()) return;
  const net::Endpoint to = asked->second;
  const Proof proof = to == from ? Proof::SamePath : Proof::TwoPaths;
  unanswered_.erase(asked);
  if (over_) return;
  if (proof > half_.proof) {
    half_.proof = proof;
    proven_remote_ = to;
    half_.proven_after = std::max(now - setup_.start, net::Duration::zero());
  }
  hear(now, from);
}

void PunchAttempt::tick(net::TimePoint now) {
  over_ = over_ || now >= end();
  if (decided()) return;
  const auto& planned_checks = setup_.plan.checks;
  while (played_ < planned_checks.size() && now >= setup_.start + planned_checks[played_].at) {
    send_check(planned_checks[played_++].to);
  }
  for (Source& source : sources_) {
    if (!source.next_check || now < *source.next_check) continue;
    source.next_check = now + triggered_step;
    send_check(source.endpoint);
  }
}

std::optional<net::TimePoint> PunchAttempt::next_deadline() const {
  if (decided()) return std::nullopt;
  net::TimePoint next = end();
  if (played_ < setup_.plan.checks.size()) next = std::min(next, setup_.start + setup_.plan.checks[played_].at);
  for (const Source& source : sources_) {
    if (source.next_check) next = std::min(next, *source.next_check);
  }
  return next;
}

std::vector<PunchAttempt::Packet> PunchAttempt::take_packets() { return std::exchange(packets_, {}); }

void PunchAttempt::hear(net::TimePoint now, const net::Endpoint& source) {
  if (!over_) half_.heard = true;
  const bool known = std::any_of(sources_.begin(), sources_.end(), [&](const auto& s) { return s.endpoint == source; });
  if (known || decided() || sources_.size() == most_sources) return;
  sources_.push_back({source, planned(source) ? std::nullopt : std::optional(now + triggered_step)});
  send_check(source);
}

void PunchAttempt::send_check(const net::Endpoint& to) {
  if (!may_check()) return;
  const auto id = stun::TransactionId::random(random_);
  ++checks_;
  own_.insert(id);
  unanswered_.emplace(id, to);
  send(to, encode(Check{id, setup_.attempt}, setup_.key));
}

void PunchAttempt::send(const net::Endpoint& to, net::Bytes payload) {
  ++half_.packets;
  packets_.push_back({to, std::move(payload)});
}

bool PunchAttempt::may_check() const {
  return checks_ < (half_.proof == Proof::None ? most_checks_before_an_answer : most_checks);
}

bool PunchAttempt::planned(const net::Endpoint& to) const {
  const auto& checks = setup_.plan.checks;
  return std::any_of(checks.begin(), checks.end(), [&](const auto& check) { return check.to == to; });
}

}  // namespace traversal
