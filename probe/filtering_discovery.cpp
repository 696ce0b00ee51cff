#include "probe/filtering_discovery.h"

#include <algorithm>

#include "probe/connectivity_discovery.h"
#include "probe/filtering_evidence.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration pace = 15ms;  // between two requests of a question: bursts of a limiter and of loss pass
constexpr unsigned asks_in_haste = 24;
constexpr net::Duration patient_pace = 200ms;  // after so many: the reflector's limiter may be busy with many of us
constexpr unsigned most_asks = 60;
constexpr net::Duration longest_asking = 8s;
constexpr std::uint32_t fresh_socket = 0;  // to be numbered when all queries of a step are known

Query request(const FilteringQuestion& question, const ReflectorPair& pair) {
  return {.discovery = std::string(names::filtering),
          .socket = question.socket,
          .to = pair.primary,
          .change = question.change,
          .expected_from = question.sender(pair),
          .question = question.label};
}

Query control(const FilteringQuestion& question, const ReflectorPair& pair) {
  Query out = request(question, pair);
  out.change = stun::ChangeRequest{};
  out.expected_from = pair.primary;
  out.question = control_label;
  return out;
}

// "How many replies labelled so did you send?"
Query count_query(const net::Endpoint& sender, std::uint32_t label) {
  return {.discovery = std::string(names::filtering),
          .socket = fresh_socket,
          .to = sender,
          .expected_from = sender,
          .question = label,
          .most_requests = transaction_requests};
}

bool confirms(const ObservationLog& log, const ReflectorPair& pair) {  // one of ours: it gives tokens and counts
  return std::any_of(log.begin(), log.end(), [&](const Observation& seen) {
    return answered(seen) && seen.query.to == pair.primary && seen.return_token.has_value();
  });
}

bool count_pending(const ObservationLog& log) {
  return std::any_of(log.begin(), log.end(), [](const Observation& seen) {
    return is_filtering(seen) && !seen.query.change && !settled(seen);
  });
}

unsigned controls_under_way(const RunSoFar& run) {
  const net::Duration longest = patience(run.log);
  return static_cast<unsigned>(std::count_if(run.log.begin(), run.log.end(), [&](const Observation& seen) {
    return is_control(seen) && !settled(seen) && run.elapsed < seen.sent_at + longest;
  }));
}

// What the sender confirmed was not enough: so many more, counted from that confirmation.
unsigned after_shortfall(const RunSoFar& run, const FilteringQuestion& question, const Trial& so_far) {
  if (!so_far.confirmation || silence_proof(run.log, question).proven) return 0;
  const auto& count = run.log[*so_far.confirmation].sent_count;
  const unsigned needed = count ? loss(run.log).needed() : asks_unconfirmed;
  const unsigned sent = count ? count->sent : static_cast<unsigned>(so_far.asked.size());
  const unsigned more = std::clamp(needed > sent ? 2 * (needed - sent) : 0U, 4U, 12U);
  const auto since = static_cast<unsigned>(
      std::count_if(so_far.asked.begin(), so_far.asked.end(), [&](std::size_t i) { return i > *so_far.confirmation; }));
  return more - std::min(more, since);
}

// How many more requests this question needs, as far as one can tell so far.
unsigned still_to_ask(const RunSoFar& run, const ReflectorPair& pair, const FilteringQuestion& question) {
  const Trial so_far = trial(run.log, question);
  const auto asked = static_cast<unsigned>(so_far.asked.size());
  if (asked >= most_asks) return 0;
  if (asked > 0 && run.elapsed - run.log[so_far.asked.front()].sent_at > longest_asking) return 0;
  const unsigned least = confirms(run.log, pair) ? least_confirmed : asks_unconfirmed;
  if (asked < least) return least - asked;
  if (controls(run.log).answered + controls_under_way(run) < control_round_trips) return 1;
  return after_shortfall(run, question, so_far);
}

Step ask_in_turn(const RunSoFar& run, const ReflectorPair& pair, const FilteringQuestion& question) {
  const Trial so_far = trial(run.log, question);
  const net::Duration apart = so_far.asked.size() < asks_in_haste ? pace : patient_pace;
  const net::Duration due = so_far.asked.empty() ? run.elapsed : run.log[so_far.asked.back()].sent_at + apart;
  if (run.elapsed < due) return {.look_again = due};
  return {.ask = {request(question, pair), control(question, pair)}, .look_again = run.elapsed + apart};
}

// Asks the sender how many it sent; and the primary how many controls, where some did not come back.
Step ask_for_counts(const RunSoFar& run, const ReflectorPair& pair, const FilteringQuestion& question) {
  const net::Endpoint sender = question.sender(pair);
  if (!may_be_asked(run.log, sender.address)) return {.finished = !introduction_pending(run.log)};
  Step step{.ask = {count_query(sender, question.label)}};
  if (!controls(run.log).all_answered()) step.ask.push_back(count_query(pair.primary, control_label));
  return step;
}

// Silence counts only after it has outlasted the confirmation.
Step outlast(const RunSoFar& run, const FilteringQuestion& question) {
  if (!silence_proof(run.log, question).proven) return {.finished = true};
  const net::Duration until = silence_must_last(run.log, question);
  if (run.elapsed >= until) return {.finished = true};
  return {.look_again = until};
}

Step next_of(const RunSoFar& run, const ReflectorPair& pair, const FilteringQuestion& question) {
  const Trial so_far = trial(run.log, question);
  if (so_far.heard || so_far.not_done) return {.finished = true};
  if (still_to_ask(run, pair, question) > 0) return ask_in_turn(run, pair, question);
  if (controls_under_way(run) > 0) return {.look_again = controls(run.log).last_unanswered_at + patience(run.log)};
  if (count_pending(run.log)) return {};
  const bool counted = so_far.sender_asked && *so_far.sender_asked > so_far.asked.back();
  return counted ? outlast(run, question) : ask_for_counts(run, pair, question);
}

// Every count is asked for from a socket of its own.
void number_fresh_sockets(std::vector<Query>& queries, const ObservationLog& log) {
  std::uint32_t next = sockets::confirmation;
  for (const Observation& seen : log) {
    if (is_filtering(seen)) next = std::max(next, seen.query.socket + 1);
  }
  for (Query& query : queries) {
    if (query.socket == fresh_socket) query.socket = next++;
  }
}

}  // namespace

Step next_filtering(const RunSoFar& run) {
  const auto pair = reflector_pair(run.log);
  if (!pair) return {.finished = connectivity_over(run)};
  if (let_in(run.log, from_stranger())) return {.finished = true};
  Step all{.finished = true};
  for (const FilteringQuestion& question : filtering_questions()) {
    all = side_by_side(std::move(all), next_of(run, *pair, decisive(run.log, question)));
  }
  number_fresh_sockets(all.ask, run.log);
  return all;
}

}  // namespace probe
