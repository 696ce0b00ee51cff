#include "probe/hairpin_discovery.h"

#include <algorithm>

#include "net/address_scope.h"
#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

constexpr unsigned most_hairpins = 16;  // a way

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
    if (!net::reachable_on_word_of(one->mapped->address, one->query.to.address)) {
      return nothing_to_ask("the external address is of another scope than the reflector");
    }
    plan.local[i] = *one->local;
    plan.external[i] = *one->mapped;
    plan.one_mapping = plan.one_mapping && one->mapped == two->mapped;
  }
  plan.ways = {way(plan, 1, 0, asked_of[0]), way(plan, 0, 1, asked_of[0])};
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
  for (const HairpinWay& way : plan.ways) {
    const Patience patience{repeats_needed(round_trip_loss(run.log, run.elapsed).estimate()), most_hairpins};
    const Step step = ask_repeatedly(run, way.question, way.control, patience);
    if (!step.finished || repeats(run.log, way.question).heard) return step;
  }
  return {.finished = true};
}

}  // namespace probe
