#include "probe/unsolicited_discovery.h"

#include <algorithm>
#include <cmath>

#include "probe/connectivity_discovery.h"
#include "probe/icmp_discovery.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t opener = sockets::unsolicited;
constexpr std::uint32_t first_label = 100;  // of SENT-QUERY: filtering has the small ones
constexpr unsigned openings = 4;            // of low TTL
constexpr unsigned most_early = 30;
constexpr net::Duration early_pace = 15ms;
// Above what Linux hands out (to 60999) and what --bind may ask for.
constexpr std::uint16_t first_trial_port = last_bind_port + 1;
constexpr std::uint16_t trial_ports = 1'500;
constexpr std::uint32_t port_distance = 100;  // the next port may be the one that a mapping is changed to

Query opener_introduction(const net::Endpoint& reflector) {
  return plain_transaction(names::unsolicited, opener, reflector);
}

Query bound_transaction(std::uint32_t number, const net::Endpoint& local, std::uint16_t port,
                        const net::Endpoint& reflector) {
  Query query = plain_transaction(names::unsolicited, opener + number, reflector);
  query.bound_to = net::with_port(local, port);
  return query;
}

// Ports that differ from run to run, as the opener's does.
std::uint16_t trial_port(const net::Endpoint& local, std::uint32_t number) {
  return static_cast<std::uint16_t>(first_trial_port + (local.port * 8U + number * port_distance) % trial_ports);
}

UnsolicitedTrial make_trial(std::uint32_t number, const net::Endpoint& local, const net::Endpoint& reflector) {
  const std::uint32_t treated = 1 + 2 * number;
  const std::uint32_t untreated = treated + 1;
  const std::uint16_t port = trial_port(local, treated);
  UnsolicitedTrial trial{.early = plain_control(names::unsolicited, opener, reflector),
                         .count = opener_introduction(reflector),
                         .treated = bound_transaction(treated, local, port, reflector),
                         .untreated = bound_transaction(untreated, local, trial_port(local, untreated), reflector)};
  trial.early.change = stun::ChangeRequest{};
  trial.early.question = trial.count.question = first_label + number;
  trial.early.response_port = port;
  return trial;
}

// Confirmed as sent, before the trial's sockets asked.
const Observation* confirmation_of(const ObservationLog& log, const UnsolicitedTrial& trial) {
  const Observation* seen = asked(log, trial.count);
  return seen != nullptr && answered(*seen) && seen->sent_count ? seen : nullptr;
}

// One of so many came as far as the NAT.
bool enough_sent(const ObservationLog& log, const Observation& confirmation) {
  return std::pow(round_trip_loss(log, confirmation.answered_at).estimate(), confirmation.sent_count->sent) <
         wrong_at_most;
}

Step ask_in_a_row(const RunSoFar& run, const Query& query, unsigned times) {
  const auto so_far = repeats(run.log, query).asked;
  if (so_far.size() >= times) return {.finished = true};
  const net::Duration due = so_far.empty() ? run.elapsed : run.log[so_far.back()].sent_at + early_pace;
  if (run.elapsed < due) return {.look_again = due};
  return {.ask = {query}, .look_again = run.elapsed + early_pace};
}

Step next_of_trial(const RunSoFar& run, const UnsolicitedTrial& trial) {
  if (trial.opening) {
    const Step opened = ask_in_a_row(run, *trial.opening, openings);
    if (!opened.finished) return opened;
  }
  const unsigned needed = repeats_needed(round_trip_loss(run.log, run.elapsed).estimate());
  if (asked(run.log, trial.count) == nullptr) {
    const Step sent = ask_in_a_row(run, trial.early, std::min(2 * needed, most_early));
    return sent.finished ? Step{.ask = {trial.count}} : sent;
  }
  const Step counted = ask_once(run, {trial.count});
  const Observation* confirmation = confirmation_of(run.log, trial);
  if (!counted.finished || confirmation == nullptr) return counted;
  if (!enough_sent(run.log, *confirmation)) return {.finished = true};
  const net::Duration arrived = confirmation->answered_at + patience(run.log);
  if (asked(run.log, trial.treated) == nullptr && run.elapsed < arrived) return {.look_again = arrived};
  return ask_once(run, {trial.treated, trial.untreated});
}

bool port_kept(const Observation& seen) {
  return answered(seen) && seen.mapped && seen.local && seen.mapped->port == seen.local->port;
}

bool harmful(EarlyPacket outcome) {
  return outcome == EarlyPacket::ChangedTheMapping || outcome == EarlyPacket::Blocked;
}

}  // namespace

UnsolicitedPlan unsolicited_plan(const ObservationLog& log) {
  const auto reflector = reflector_of_the_path(log);
  if (!reflector) return {.why_not = std::string(nobody_answered)};
  const Observation* seen = asked(log, opener_introduction(*reflector));
  if (seen == nullptr || !answered(*seen) || !seen->mapped || !seen->local) {
    return {.why_not = "the reflector did not answer"};
  }
  if (seen->mapped == seen->local) return {.why_not = "no address translation"};
  if (!port_kept(*seen)) {
    return {.why_not = "the NAT does not preserve ports: which one a socket will get is not known"};
  }
  UnsolicitedPlan plan;
  for (unsigned i = 0; i < unsolicited_trials; ++i) plan.trials[i] = make_trial(i, *seen->local, *reflector);
  if (const auto routers = routers_before(*seen); routers && *routers >= 2) {
    plan.low_ttl = make_trial(unsolicited_trials, *seen->local, *reflector);
    Query opening = plan.low_ttl->treated;
    opening.most_requests = 1;
    opening.ttl = *routers;
    plan.low_ttl->opening = opening;
  }
  return plan;
}

EarlyPacket outcome_of(const ObservationLog& log, const UnsolicitedTrial& trial) {
  const Observation* confirmation = confirmation_of(log, trial);
  const Observation* treated = asked(log, trial.treated);
  const Observation* untreated = asked(log, trial.untreated);
  if (confirmation == nullptr || treated == nullptr || untreated == nullptr) return EarlyPacket::NotKnown;
  if (!enough_sent(log, *confirmation) || !port_kept(*untreated)) return EarlyPacket::NotKnown;
  if (answered(*treated) && treated->mapped) {
    const bool one_address = confirmation->mapped && treated->mapped->address == confirmation->mapped->address;
    if (!one_address) return EarlyPacket::NotKnown;
    return port_kept(*treated) ? EarlyPacket::Ignored : EarlyPacket::ChangedTheMapping;
  }
  const double chance = std::pow(round_trip_loss(log).estimate(), treated->requests);
  return treated->outcome == Outcome::Silence && chance < wrong_at_most ? EarlyPacket::Blocked : EarlyPacket::NotKnown;
}

Step next_unsolicited(const RunSoFar& run) {
  const auto reflector = reflector_of_the_path(run);
  if (!reflector) return {.finished = connectivity_over(run) && !introduction_pending(run.log)};
  const Step introduced = ask_once(run, {opener_introduction(*reflector)});
  if (!introduced.finished) return introduced;
  const UnsolicitedPlan plan = unsolicited_plan(run.log);
  if (!plan.why_not.empty()) return {.finished = true};
  Step step{.finished = true};
  bool harm = false;
  for (const UnsolicitedTrial& trial : plan.trials) {
    step = side_by_side(std::move(step), next_of_trial(run, trial));
    harm = harm || harmful(outcome_of(run.log, trial));
  }
  return step.finished && harm && plan.low_ttl ? next_of_trial(run, *plan.low_ttl) : step;
}

}  // namespace probe
