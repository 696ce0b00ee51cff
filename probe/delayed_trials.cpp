#include "probe/delayed_trials.h"

#include <algorithm>
#include <cmath>

#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr unsigned least_answers = 3;
constexpr unsigned most_answers = 10;
constexpr net::Duration far_too_early = 500ms;  // a reflector that answers so much too soon does not know DELAY

bool too_early(const Observation& seen) {
  return answered(seen) && seen.query.delay && seen.answered_at - seen.sent_at + far_too_early < *seen.query.delay;
}

bool in_time(const Observation& seen) { return answered(seen) && seen.query.delay && !too_early(seen); }

// Between the last packet out and this answer. A process that was stopped hears late: the reflector's delay counts.
net::Duration idle_before(const TrialLog& log, std::span<const std::size_t> socket, const Observation& answer) {
  net::Duration last_out{};
  for (const std::size_t index : socket) {
    if (log[index].sent_at <= answer.answered_at) last_out = std::max(last_out, log[index].sent_at);
  }
  const net::Duration took = std::min(answer.answered_at - answer.sent_at, *answer.query.delay + log.patience());
  return answer.sent_at + took - last_out;
}

// How many answers the reflector says it sent, asked once they were due; and that answer came through.
unsigned confirmed_by(const TrialLog& log, const DelayedTrial& trial) {
  unsigned out = 0;
  for (const std::size_t index : log.of(log.control_socket())) {
    const Observation& seen = log[index];
    const bool count = seen.query.question == trial.socket && !seen.query.change && answered(seen) && seen.sent_count;
    const bool then = seen.sent_at >= trial.due && seen.sent_at <= trial.due + log.patience() + control_window;
    if (count && then) out = std::max(out, seen.sent_count->sent);
  }
  return out;
}

std::optional<std::size_t> longest_alive(std::span<const DelayedTrial> trials) {
  for (std::size_t i = trials.size(); i-- > 0;) {
    if (trials[i].result == TrialResult::Alive) return i;
  }
  return std::nullopt;
}

}  // namespace

TrialLog::TrialLog(const ObservationLog& log, std::string_view discovery, std::uint32_t first, net::Duration elapsed)
    : log_(log), first_(first), elapsed_(elapsed), now_(elapsed), patience_(probe::patience(log)) {
  for (std::size_t i = 0; i < log.size(); ++i) {
    now_ = std::max({now_, log[i].sent_at, log[i].answered_at, log[i].waited_until});
    if (log[i].query.socket < first || log[i].query.discovery != discovery) continue;
    if (!began_) began_ = log[i].sent_at;
    const std::size_t number = log[i].query.socket - first;
    if (number >= by_socket_.size()) by_socket_.resize(number + 1);
    by_socket_[number].push_back(i);
    if (!log[i].query.delay) continue;
    ++delays_;
    answered_early_ = answered_early_ || too_early(log[i]);
    if (log[i].outcome == Outcome::Refused || log[i].outcome == Outcome::NotSent) refused_.push_back(i);
  }
}

std::string TrialLog::why_no_delays() const {
  if (answered_early_) return "the reflector does not know DELAY: it answered at once";
  const bool most = 2 * refused_.size() > delays_;
  return most ? "the trials could not be made: " + log_[refused_.back()].note : std::string();
}

std::span<const std::size_t> TrialLog::of(std::uint32_t socket) const {
  const std::size_t number = socket - first_;
  return number < by_socket_.size() ? std::span(by_socket_[number]) : std::span<const std::size_t>{};
}

bool TrialLog::given_up(const Observation& seen) const {
  if (answered(seen)) return false;
  const net::Duration waited_until = settled(seen) ? seen.waited_until : elapsed_;
  return waited_until >= seen.sent_at + seen.query.delay.value_or(0s) + patience_;
}

TrialLoss trial_loss(const TrialLog& log) {
  TrialLoss out;
  for (const std::size_t index : log.of(log.control_socket())) {
    const Observation& seen = log[index];
    if (seen.query.question != log.control_socket()) continue;
    if (!seen.query.change) {
      if (answered(seen) && seen.sent_count) out.replied = std::max(out.replied, seen.sent_count->sent);
    } else if (answered(seen) || log.given_up(seen)) {
      ++out.asked;
      if (answered(seen)) ++out.answered;
    }
  }
  return out;
}

unsigned answers_of_a_trial(const TrialLoss& loss) {
  const double wanted = std::ceil(std::log(expiry_wrong_at_most) / std::log(loss.round_trip()));
  return static_cast<unsigned>(std::clamp<double>(wanted, least_answers, most_answers));
}

DelayedTrial trial_on(const TrialLog& log, std::uint32_t socket, bool prepared) {
  DelayedTrial out{.socket = socket};
  bool open = false;
  for (const std::size_t index : log.of(socket)) {
    const Observation& seen = log[index];
    if (!seen.query.delay) continue;
    ++out.asked;
    out.evidence.push_back(index);
    out.due = std::max(out.due, seen.sent_at + *seen.query.delay);
    if (in_time(seen)) {
      if (out.answered++ == 0) out.idle = idle_before(log, log.of(socket), seen);
    } else {
      if (out.answered == 0) out.idle = *seen.query.delay;
      open = open || !(log.given_up(seen) || seen.outcome == Outcome::Refused || seen.outcome == Outcome::NotSent);
    }
  }
  if (out.answered > 0) {
    out.result = prepared ? TrialResult::Alive : TrialResult::Void;
    return out;
  }
  if (out.asked == 0 || open) return out;
  out.confirmed = confirmed_by(log, out);
  if (!prepared) {
    out.result = TrialResult::Void;
  } else if (out.confirmed > 0) {
    out.result = TrialResult::Silent;
  } else if (log.now() >= out.due + 2 * log.patience() + control_window) {
    out.result = TrialResult::Void;  // nothing came through then, or the reflector had nothing to send
  }
  return out;
}

std::optional<AnsweredTimes> answered_times(const TrialLog& log, std::uint32_t socket) {
  std::optional<AnsweredTimes> out;
  for (const std::size_t index : log.of(socket)) {
    const Observation& seen = log[index];
    if (seen.query.delay || !answered(seen)) continue;
    if (!out) out = {seen.sent_at, seen.sent_at};
    out->last = std::max(out->last, seen.sent_at);
  }
  return out;
}

LifetimeBracket bracket(std::span<const DelayedTrial> trials, std::span<const unsigned> lengths, double loss,
                        unsigned least_silent) {
  LifetimeBracket out;
  const auto alive = longest_alive(trials);
  if (alive) {
    out.alive = trials[*alive].idle;
    out.safe = lengths[*alive];
    out.evidence = trials[*alive].evidence;
  }
  if (alive && *alive + 1 == trials.size()) {
    out.decided = out.longer = true;
    out.chance = 0;
    return out;
  }
  unsigned silent = 0;
  for (std::size_t i = alive ? *alive + 1 : 0; i < trials.size() && !out.decided; ++i) {
    if (trials[i].result == TrialResult::Open) return out;
    if (trials[i].result == TrialResult::Void) continue;
    if (out.chance > expiry_wrong_at_most) out.expired = trials[i].idle;
    out.chance *= std::pow(loss, trials[i].confirmed);
    out.evidence.insert(out.evidence.end(), trials[i].evidence.begin(), trials[i].evidence.end());
    out.decided = ++silent >= least_silent && out.chance <= expiry_wrong_at_most;
  }
  out.exhausted = !out.decided;
  return out;
}

const Observation* reflector_for_trials(const ObservationLog& log) {
  const Observation* first = nullptr;
  for (const Observation& seen : log) {
    if (!is_connectivity(seen) || !answered(seen)) continue;
    if (seen.return_token) return &seen;
    if (first == nullptr) first = &seen;
  }
  return first;
}

}  // namespace probe
