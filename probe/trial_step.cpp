#include "probe/trial_step.h"

#include <algorithm>

#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr unsigned beginning_controls = 30;
constexpr net::Duration between_controls = 25ms;
constexpr unsigned most_counts = 10;  // of the controls
constexpr unsigned most_controls = 1500;
constexpr net::Duration between_copies = 50ms;
constexpr net::Duration copies_end = 1s;  // after the first
constexpr unsigned questions_of_an_exchange = 2;

bool at_once(const Observation& seen) { return !seen.query.delay && !seen.query.ttl; }

}  // namespace

TrialStep::TrialStep(const RunSoFar& run, const TrialLog& log, std::string_view discovery,
                     const net::Endpoint& reflector)
    : log_(log),
      discovery_(discovery),
      now_(run.elapsed),
      began_(log.began().value_or(run.elapsed)),
      reflector_(reflector) {}

Query TrialStep::query(std::uint32_t socket) const {
  return {.discovery = std::string(discovery_), .socket = socket, .to = reflector_, .expected_from = reflector_};
}

Query TrialStep::delayed(std::uint32_t socket, net::Duration delay) const {
  Query out = query(socket);
  out.delay = delay;
  out.change = stun::ChangeRequest{};  // flags clear: a label goes with it
  out.question = socket;
  return out;
}

bool TrialStep::reached_at(net::Duration moment) {
  if (now_ >= moment) return true;
  step_.look_again = std::min(step_.look_again.value_or(moment), moment);
  return false;
}

// Not counted are the first `before` that are the same.
template <typename Same>
void TrialStep::ask_same(const Query& query, net::Duration offset, unsigned copies, unsigned before, Same same) {
  if (!reached(offset)) return;
  unsigned asked = 0;
  net::Duration first{};
  net::Duration last{};
  for (const std::size_t index : log_.of(query.socket)) {
    if (!same(log_[index]) || ++asked <= before) continue;
    if (asked == before + 1) first = log_[index].sent_at;
    last = log_[index].sent_at;
  }
  const bool begun = asked > before;
  if (asked >= before + copies || (begun && now_ > first + copies_end)) return;
  if (!begun || reached_at(last + between_copies)) ask(query);
}

void TrialStep::ask_copies(const Query& query, net::Duration offset, unsigned copies) {
  ask_same(query, offset, copies, 0, [&](const Observation& seen) { return seen.query.delay == query.delay; });
}

void TrialStep::exchange(std::uint32_t socket, net::Duration offset, bool second) {
  ask_same(query(socket), offset, questions_of_an_exchange, second ? questions_of_an_exchange : 0, at_once);
}

void TrialStep::begin_controls() {
  const std::uint32_t socket = log_.control_socket();
  const auto controls = log_.of(socket);
  if (controls.size() < beginning_controls) {
    if (!controls.empty() && !reached_at(log_[controls.back()].sent_at + between_controls)) return;
    Query labelled = query(socket);
    labelled.change = stun::ChangeRequest{};
    labelled.question = socket;
    return ask(labelled);
  }
  const bool counted = trial_loss(log_).replied > 0 || controls.size() > beginning_controls + most_counts;
  if (!counted && reached_at(log_[controls[beginning_controls - 1]].sent_at + log_.patience())) ask_count(socket);
}

void TrialStep::confirm(const DelayedTrial& trial) {
  if (trial.result != TrialResult::Open || trial.asked == 0 || trial.answered > 0) return;
  const net::Duration overdue = trial.due + log_.patience() / 2;
  if (!reached_at(overdue)) return;
  reached_at(trial.due + log_.patience());
  reached_at(trial.due + 2 * log_.patience() + control_window);
  if (now_ <= trial.due + log_.patience() + control_window) ask_count(trial.socket);
}

// Unless an answer to the same is awaited.
void TrialStep::ask_count(std::uint32_t label) {
  const auto controls = log_.of(log_.control_socket());
  const bool awaited = std::any_of(controls.begin(), controls.end(), [&](std::size_t index) {
    const Observation& seen = log_[index];
    return seen.query.question == label && !seen.query.change && now_ < seen.sent_at + log_.patience();
  });
  reached_at(now_ + log_.patience());
  if (awaited || controls.size() >= most_controls) return;
  Query count = query(log_.control_socket());
  count.question = label;
  ask(count);
}

Step TrialStep::take(bool finished) {
  step_.finished = finished;
  return std::move(step_);
}

}  // namespace probe
