#include "probe/assist_discovery.h"

#include <algorithm>

#include "probe/allocation_discovery.h"
#include "probe/allocation_finding.h"
#include "probe/assist_answers.h"
#include "probe/assist_hairpin.h"
#include "probe/assist_sequence.h"
#include "probe/connectivity_discovery.h"
#include "probe/filtering_discovery.h"
#include "probe/log_reading.h"
#include "probe/mapping_discovery.h"
#include "probe/repeated_question.h"
#include "probe/seen_flows.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration longest_wait_for_quiet = 1s;  // a step

// Each step when the one before was answered; ends where one is not.
Step assist_in_turn(const AssistPlan& plan, const std::vector<const Observation*>& seen) {
  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (seen[i] == nullptr) return {.ask = {plan[i]}};
    if (!settled(*seen[i])) return {};
    if (!answered(*seen[i])) break;
  }
  return {.finished = true};
}

Step next_assist_collision(const RunSoFar& run) {
  const AssistCollision collision = assist_collision(run.log);
  return assist_in_turn(collision.plan, collision.plan.size() == collision.seen.size()
                                            ? collision.seen
                                            : assist_observations(run.log, collision.plan));
}

// ---- the sequence --------------------------------------------------------------------------------------------------

bool in_this_run(const RunSoFar& run, std::string_view discovery) {
  return std::find(run.discoveries.begin(), run.discoveries.end(), discovery) != run.discoveries.end();
}

// Their mappings would come between ours, and ours between theirs.
bool port_questions_finished(const RunSoFar& run) {
  return (!in_this_run(run, names::mapping) || next_mapping(run).finished) &&
         (!in_this_run(run, names::filtering) || next_filtering(run).finished) &&
         (!in_this_run(run, names::allocation) || next_allocation(run).finished);
}

bool may_have_a_sequence(const ObservationLog& log) {
  const NamedFinding allocation = conclude_allocation(log);
  return !allocation.finding.value || !shares_no_ports(to_string(*allocation.finding.value));
}

std::optional<net::Duration> others_busy_until(const RunSoFar& run) {
  std::optional<net::Duration> out;
  for (const auto& [from, until] : disturbances(run.log, names::assist)) {
    if (until > run.elapsed) out = std::max(out.value_or(until), until);
  }
  return out;
}

Step next_assist_sequence(const RunSoFar& run) {
  if (!port_questions_finished(run)) return {};
  const AssistPlan plan = assist_sequence_plan(run.log, *run.assistant);
  const auto seen = assist_observations(run.log, plan);
  if (plan.empty()) return {.finished = true};
  if (seen.front() == nullptr && !may_have_a_sequence(run.log)) return {.finished = true};
  Step step = assist_in_turn(plan, seen);
  if (step.ask.empty()) return step;
  const auto last = std::find(seen.begin(), seen.end(), nullptr);
  const net::Duration since = last == seen.begin() ? net::Duration{} : (*std::prev(last))->waited_until;
  const auto busy = others_busy_until(run);
  const net::Duration latest = last == seen.begin() ? net::Duration::max() : since + longest_wait_for_quiet;
  if (busy && run.elapsed < latest) return {.look_again = std::min(*busy, latest)};
  return step;
}

}  // namespace

Step next_assist(const RunSoFar& run) {
  if (!run.assistant) return {.finished = true};
  const Step greeted = ask_once(run, {assist_greeting(*run.assistant)});
  if (!greeted.finished) return greeted;
  if (!answered(*assist_greeting(run.log))) return {.finished = true};
  const auto reflector = reflector_of_the_path(run);
  if (!reflector) return {.finished = connectivity_over(run) && !introduction_pending(run.log)};
  const Step placed = ask_once(run, assist_place_queries(run.log, *run.assistant));
  if (!placed.finished) return placed;
  if (!assist_place(run.log).same_nat()) return {.finished = true};
  Step early = side_by_side(next_assist_hairpin(run), next_assist_collision(run));
  return early.finished ? next_assist_sequence(run) : early;
}

}  // namespace probe
