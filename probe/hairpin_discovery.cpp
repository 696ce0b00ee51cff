#include "probe/hairpin_discovery.h"

#include <algorithm>

#include "net/address_scope.h"
#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

constexpr unsigned most_hairpins = 16;  // a way
constexpr unsigned opened_every = 3;    // questions of the second way
constexpr std::uint32_t opening_label = 1;

// Whom both sockets ask for their external endpoint.
std::vector<net::Endpoint> witnesses(const ObservationLog& log) {
  const auto primary = reflector_of_the_path(log);
  if (!primary) return {};
  std::vector<net::Endpoint> out{*primary};
  const auto pair = reflector_pair(log);
  if (pair && heard_from(log, pair->other.address)) out.push_back(pair->other);
  return out;
}

std::vector<Query> introductions(const ObservationLog& log) {
  std::vector<Query> out;
  for (const net::Endpoint& witness : witnesses(log)) {
    for (const std::uint32_t socket : hairpin_sockets) {
      out.push_back(plain_transaction(names::hairpin, socket, witness));
    }
  }
  return out;
}

HairpinWay way(const HairpinPlan& plan, std::size_t from, std::size_t to, const net::Endpoint& reflector) {
  return {.question = {.discovery = std::string(names::hairpin),
                       .socket = hairpin_sockets[from],
                       .to = plan.external[to],
                       .expected_from = plan.external[to],
                       .heard_on = hairpin_sockets[to],
                       .to_ourselves = true},
          .control = plain_control(names::hairpin, hairpin_sockets[to], reflector)};
}

// The filter may have closed: a NAT can lose its table.
Step with_openings(Step step, const RunSoFar& run, const HairpinPlan& plan) {
  const std::size_t times = repeats(run.log, plan.ways[1].question).asked.size();
  const bool due = !step.ask.empty() && times > 0 && times % opened_every == 0;
  if (due) step.ask.insert(step.ask.begin(), plan.opening);
  return step;
}

HairpinPlan nothing_to_ask(std::string why) { return {.why_not = std::move(why)}; }

}  // namespace

HairpinPlan hairpin_plan(const ObservationLog& log) {
  const auto asked_of = witnesses(log);
  if (asked_of.size() < 2) return nothing_to_ask("an external endpoint is written to on two reflectors' word only");
  HairpinPlan plan{.one_mapping = true};
  for (std::size_t i = 0; i < hairpin_sockets.size(); ++i) {
    const Observation* one = asked(log, plain_transaction(names::hairpin, hairpin_sockets[i], asked_of[0]));
    const Observation* two = asked(log, plain_transaction(names::hairpin, hairpin_sockets[i], asked_of[1]));
    const auto useful = [](const Observation* seen) { return seen && answered(*seen) && seen->mapped && seen->local; };
    if (!useful(one) || !useful(two)) return nothing_to_ask("a reflector did not answer");
    if (one->mapped->address != two->mapped->address) {
      return nothing_to_ask("the reflectors see different external addresses");
    }
    if (one->mapped == one->local) return nothing_to_ask("no address translation");
    if (!net::reachable_on_word_of(one->mapped->address, as_known_there(*one, one->query.to.address))) {
      return nothing_to_ask("the external address is of another scope than the reflector");
    }
    plan.local[i] = *one->local;
    plan.mapped[i] = *one->mapped;
    plan.external[i] = as_reached(*one, *one->mapped);
    plan.one_mapping = plan.one_mapping && one->mapped == two->mapped;
  }
  plan.ways = {way(plan, 1, 0, asked_of[0]), way(plan, 0, 1, asked_of[0])};
  plan.opening = plan.ways[0].question;
  plan.opening.question = opening_label;
  return plan;
}

Step next_hairpin(const RunSoFar& run) {
  const auto reflector = reflector_of_the_path(run);
  if (!reflector) return {.finished = connectivity_over(run) && !introduction_pending(run.log)};
  if (witnesses(run.log).size() < 2) return {.finished = true};
  const Step introduced = ask_once(run, introductions(run.log));
  if (!introduced.finished) return introduced;
  const HairpinPlan plan = hairpin_plan(run.log);
  if (!plan.why_not.empty()) return {.finished = true};
  const Patience patience{repeats_needed(round_trip_loss(run.log, run.elapsed).estimate()), most_hairpins};
  const auto& [never_written, written] = plan.ways;
  const Step first = ask_repeatedly(run, never_written.question, never_written.control, patience);
  if (!first.finished || repeats(run.log, never_written.question).heard) return first;
  return with_openings(ask_repeatedly(run, written.question, written.control, patience), run, plan);
}

}  // namespace probe
