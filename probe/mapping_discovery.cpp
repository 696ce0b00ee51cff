#include "probe/mapping_discovery.h"

#include <algorithm>
#include <array>

#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/mapping_answers.h"

namespace probe {
namespace {

// The endpoints to compare. Further reflectors the user gave bear witness beside the pair.
std::vector<net::Endpoint> targets(const RunSoFar& run) {
  std::vector<net::Endpoint> out;
  const auto add = [&out](const net::Endpoint& endpoint) {
    if (std::find(out.begin(), out.end(), endpoint) == out.end()) out.push_back(endpoint);
  };
  const auto pair = reflector_pair(run.log);
  if (pair) {
    for (const auto& endpoint : {pair->primary, pair->alternate_port(), pair->partner_primary(), pair->other}) {
      add(endpoint);
    }
  } else if (!connectivity_over(run)) {
    return out;
  }
  for (const Observation& seen : run.log) {
    const bool reflector = of_discovery(seen, "connectivity") && seen.query.transport == Transport::Udp;
    if (!reflector || !answered(seen)) continue;
    if (out.empty() || out.front().family() == seen.query.to.family()) add(seen.query.to);
  }
  return out;
}

std::vector<const Observation*> asked_from(const ObservationLog& log, std::uint32_t socket) {
  std::vector<const Observation*> out;
  for (const Observation& seen : log) {
    if (of_discovery(seen, "mapping") && seen.query.socket == socket) out.push_back(&seen);
  }
  return out;
}

Query ask(std::uint32_t socket, const net::Endpoint& to) {
  return {
      .discovery = "mapping", .socket = socket, .to = to, .expected_from = to, .most_requests = transaction_requests};
}

bool may_still_be_introduced(const ObservationLog& log) {
  return std::any_of(log.begin(), log.end(),
                     [](const Observation& seen) { return of_discovery(seen, "partner") && !settled(seen); });
}

// What one socket still has to ask: every target that may be asked, then the first one again.
Step next_from(const RunSoFar& run, std::uint32_t socket, const std::vector<net::Endpoint>& to_ask) {
  const auto asked = asked_from(run.log, socket);
  Step step;
  bool held_back = false;
  for (const net::Endpoint& target : to_ask) {
    const bool done =
        std::any_of(asked.begin(), asked.end(), [&](const Observation* seen) { return seen->query.to == target; });
    if (done) continue;
    if (may_be_asked(run.log, target.address)) {
      step.ask.push_back(ask(socket, target));
    } else {
      held_back = true;
    }
  }
  if (!step.ask.empty()) return step;
  if (held_back && may_still_be_introduced(run.log)) return step;
  if (!std::all_of(asked.begin(), asked.end(), [](const Observation* seen) { return settled(*seen); })) return step;
  const auto first = std::find_if(asked.begin(), asked.end(), [](const Observation* seen) { return answered(*seen); });
  const bool repeated =
      std::any_of(asked.begin(), asked.end(), [&](const Observation* seen) { return is_repeat(run.log, *seen); });
  if (first != asked.end() && !repeated) {
    step.ask.push_back(ask(socket, (*first)->query.to));
  } else {
    step.finished = true;
  }
  return step;
}

// Both sockets of a round, side by side.
Step next_round(const RunSoFar& run, unsigned round, std::vector<net::Endpoint> to_ask) {
  Step both{.finished = true};
  for (const std::uint32_t socket : mapping_sockets(round)) {
    const Step step = next_from(run, socket, to_ask);
    both.ask.insert(both.ask.end(), step.ask.begin(), step.ask.end());
    both.finished = both.finished && step.finished;
    // The second socket asks in reverse: a reflector that answers by the order of asking contradicts itself.
    std::reverse(to_ask.begin(), to_ask.end());
  }
  return both;
}

}  // namespace

Step next_mapping(const RunSoFar& run) {
  const std::vector<net::Endpoint> to_ask = targets(run);
  if (to_ask.empty()) return {.finished = connectivity_over(run)};
  const unsigned round = latest_mapping_round(run.log);
  const Step step = next_round(run, round, to_ask);
  const bool once_more =
      step.finished && !changed_during_the_test(latest_mapping_answers(run.log)).empty() && round + 1 < mapping_rounds;
  return once_more ? next_round(run, round + 1, to_ask) : step;
}

}  // namespace probe
