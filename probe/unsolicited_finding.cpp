#include "probe/unsolicited_finding.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "probe/log_reading.h"
#include "probe/repeated_question.h"
#include "probe/unsolicited_discovery.h"

namespace probe {
namespace {

// That a port is taken by somebody else, as often as it happened to the sockets of this run that nothing was sent to:
// Laplace's rule of succession.
double chance_of_a_taken_port(const ObservationLog& log, const std::set<std::uint32_t>& treated) {
  double kept = 0;
  double others = 0;
  for (const Observation& seen : log) {
    if (!answered(seen) || !seen.mapped || !seen.local || treated.contains(seen.query.socket)) continue;
    if (seen.query.discovery != names::unsolicited) continue;
    ++(seen.mapped->port == seen.local->port ? kept : others);
  }
  return (others + 1) / (kept + others + 2);
}

std::string_view word(EarlyPacket outcome) {
  switch (outcome) {
    case EarlyPacket::Ignored: return "ignored";
    case EarlyPacket::ChangedTheMapping: return "changes-mapping";
    case EarlyPacket::Blocked: return "blocks";
    case EarlyPacket::NotKnown: break;
  }
  return {};
}

std::size_t place(const ObservationLog& log, const Query& query) {
  return static_cast<std::size_t>(asked(log, query) - log.data());
}

}  // namespace

NamedFinding conclude_unsolicited(const ObservationLog& log) {
  NamedFinding out{.name = "unsolicited"};
  const UnsolicitedPlan plan = unsolicited_plan(log);
  auto& [value, confidence, evidence, why] = out.finding;
  why = plan.why_not;
  if (!why.empty()) return out;
  std::set<EarlyPacket> outcomes;
  std::set<std::uint32_t> treated;
  for (const UnsolicitedTrial& trial : plan.trials) {
    outcomes.insert(outcome_of(log, trial));
    treated.insert(trial.treated.socket);
  }
  if (outcomes.contains(EarlyPacket::NotKnown)) {
    why = "a trial gave no clear answer: too few early packets were confirmed as sent, or a port was taken";
    return out;
  }
  if (outcomes.size() > 1) {
    why = "the trials disagree";
    return out;
  }
  value = std::string(word(*outcomes.begin()));
  for (const UnsolicitedTrial& trial : plan.trials) {
    for (const Query& query : {trial.count, trial.treated, trial.untreated}) evidence.push_back(place(log, query));
  }
  std::sort(evidence.begin(), evidence.end());
  const bool harmless = outcomes.contains(EarlyPacket::Ignored);
  confidence = harmless ? 1 - wrong_at_most : 1 - std::pow(chance_of_a_taken_port(log, treated), plan.trials.size());
  if (harmless || !plan.low_ttl) return out;
  const EarlyPacket opened_first = outcome_of(log, *plan.low_ttl);
  if (opened_first != EarlyPacket::NotKnown) out.figures["low_ttl_avoids_it"] = opened_first == EarlyPacket::Ignored;
  return out;
}

}  // namespace probe
