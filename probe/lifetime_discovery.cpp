#include "probe/lifetime_discovery.h"

#include <algorithm>

#include "probe/connectivity_discovery.h"
#include "probe/lifetime_refresh.h"
#include "probe/lifetime_trials.h"
#include "probe/log_reading.h"
#include "probe/trial_step.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

// Offsets are from the first control on. Trials begin one after the other, the shortest first, so that the requests
// stay well below what a reflector admits (200 a second).
constexpr net::Duration trials_begin = 800ms;
constexpr net::Duration openings_begin = 100ms;  // of the first exchange of two-way mappings
constexpr net::Duration until_two_way = 2500ms;  // Linux takes a flow for a stream after two seconds
constexpr std::size_t short_trials = 11;         // up to 25 s
constexpr net::Duration after_a_short = 60ms;    // the next; for each three answers of a trial
constexpr net::Duration after_a_long = 150ms;
constexpr unsigned warm_copies = 2;  // of what only keeps a mapping warm

net::Duration beginning_of(IdleState state, std::size_t number, unsigned copies) {
  const std::size_t shorter = std::min(number, short_trials);
  const net::Duration later = shorter * after_a_short + (number - shorter) * after_a_long;
  return later * copies / 3 + (state == IdleState::TwoWay ? openings_begin + until_two_way : trials_begin);
}

void ask_trial(TrialStep& step, IdleState state, std::size_t number, unsigned copies) {
  const std::uint32_t socket = lifetime_socket(state, number);
  const net::Duration length = std::chrono::seconds(lifetime_grid()[number]);
  const net::Duration begins = beginning_of(state, number, copies);
  if (state == IdleState::TwoWay) step.exchange(socket, begins - until_two_way);
  if (state != IdleState::OutboundOnly) step.exchange(socket, begins, state == IdleState::TwoWay);
  step.ask_copies(step.delayed(socket, length), begins, copies);
}

void ask_trials(TrialStep& step, const LifetimeEvidence& evidence) {
  const unsigned copies = answers_of_a_trial(evidence.loss);
  for (const IdleState state : idle_states) {
    if (evidence.of(state).over()) continue;
    for (std::size_t i = 0; i < lifetime_grid().size(); ++i) {
      ask_trial(step, state, i, copies);
      step.confirm(evidence.trials_of(state)[i]);
    }
  }
}

// The socket that hears again and again, and those that send again and again.
void ask_refreshed(TrialStep& step) {
  const net::Duration second = openings_begin + until_two_way;
  const std::uint32_t hears = inbound_refresh_socket();
  step.exchange(hears, openings_begin);
  step.exchange(hears, second, true);
  for (const unsigned seconds : inbound_times()) {
    const net::Duration delay = std::chrono::seconds(seconds);
    step.ask_copies(step.delayed(hears, delay), second, warm_copies);
  }
  for (std::size_t i = 0; i < refresh_trials; ++i) {
    const std::uint32_t sends = outbound_refresh_socket(i);
    step.exchange(sends, openings_begin);
    step.exchange(sends, second, true);
    // Its answer comes when all is over.
    const net::Duration at = std::chrono::seconds(outbound_times()[i]);
    step.ask_copies(step.delayed(sends, 2 * at), at, warm_copies);
  }
}

// RESPONSE-PORT makes the reflector answer this question where the target listens. True when there is no more to come.
bool put_question(TrialStep& step, const RefreshQuestion& question, unsigned copies) {
  if (!question.target || question.heard) return true;
  if (question.early) return step.reached_at(step.now() + 200ms);
  if (question.asked >= copies) return !question.open || step.reached_at(step.now() + step.log().patience());
  Query query = step.query(step.log().control_socket());
  query.heard_on = question.target->socket;
  query.response_port = question.target->mapped.port;
  step.ask(query);
  return false;
}

bool put_questions(TrialStep& step, const LifetimeEvidence& evidence) {
  const RefreshEvidence refresh = refresh_evidence(step.log(), evidence.of(IdleState::TwoWay));
  bool over = true;
  for (const RefreshQuestion* question : refresh.all()) {
    over = put_question(step, *question, answers_of_a_trial(evidence.loss)) && over;
  }
  return over;
}

}  // namespace

Step next_lifetime(const RunSoFar& run) {
  if (!connectivity_over(run)) return {};
  const Observation* reflector = reflector_for_trials(run.log);
  if (reflector == nullptr) return {.finished = true};
  const TrialLog log = lifetime_log(run.log, run.elapsed);
  const bool over_time = log.began() && run.elapsed >= *log.began() + longest_lifetime_run();
  const bool hopeless = !reflector->return_token || nothing_expires(run.log) || !log.why_no_delays().empty();
  if (over_time || (hopeless && log.began())) return {.finished = true};
  TrialStep step(run, log, names::lifetime, reflector->query.to);
  step.begin_controls();
  step.reached(longest_lifetime_run());
  if (hopeless) return step.take(false);
  const LifetimeEvidence evidence = lifetime_evidence(log);
  ask_trials(step, evidence);
  if (!evidence.of(IdleState::TwoWay).over()) {
    ask_refreshed(step);
    return step.take(false);
  }
  const bool over = put_questions(step, evidence);
  return step.take(over && evidence.over());
}

}  // namespace probe
