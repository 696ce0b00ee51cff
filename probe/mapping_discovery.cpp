#include "probe/mapping_discovery.h"

#include <algorithm>

#include "probe/connectivity_discovery.h"
#include "probe/log_reading.h"
#include "probe/mapping_answers.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

// What both see of us may be compared: one family, and no NAT64 in one way only.
bool one_way(const Observation& one, const Observation& other) {
  return one.query.to.family() == other.query.to.family() && nat64_of(one) == nat64_of(other);
}

// The endpoints to compare. Further reflectors the user gave bear witness beside the pair.
std::vector<net::Endpoint> endpoints_to_ask(const RunSoFar& run) {
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
  const Observation* first = nullptr;
  for (const Observation& seen : run.log) {
    const bool decides = out.empty() || out.front() == seen.query.to;
    if (first == nullptr && is_connectivity(seen) && answered(seen) && decides) first = &seen;
  }
  for (const Observation& seen : run.log) {
    if (is_connectivity(seen) && answered(seen) && first != nullptr && one_way(*first, seen)) add(seen.query.to);
  }
  return out;
}

using Asked = std::vector<const Observation*>;

Asked asked_from(const ObservationLog& log, std::uint32_t socket) {
  Asked out;
  for (const Observation& seen : log) {
    if (is_mapping(seen) && seen.query.socket == socket) out.push_back(&seen);
  }
  return out;
}

std::vector<net::Endpoint> not_asked(const Asked& asked, std::vector<net::Endpoint> targets) {
  std::erase_if(targets, [&](const net::Endpoint& target) {
    return std::any_of(asked.begin(), asked.end(), [&](const Observation* seen) { return seen->query.to == target; });
  });
  return targets;
}

// The first endpoint that answered, unless it was asked again already.
std::optional<net::Endpoint> to_repeat(const ObservationLog& log, const Asked& asked) {
  const auto repeat = [&](const Observation* seen) { return is_repeat(log, *seen); };
  if (std::any_of(asked.begin(), asked.end(), repeat)) return std::nullopt;
  const auto first = std::find_if(asked.begin(), asked.end(), [](const Observation* seen) { return answered(*seen); });
  return first == asked.end() ? std::nullopt : std::optional((*first)->query.to);
}

Query ask(std::uint32_t socket, const net::Endpoint& to) { return plain_transaction(names::mapping, socket, to); }

// What one socket still has to ask: every target that may be asked, then the first one again.
Step next_from(const RunSoFar& run, std::uint32_t socket, const std::vector<net::Endpoint>& to_ask) {
  const Asked asked = asked_from(run.log, socket);
  const auto missing = not_asked(asked, to_ask);
  Step step;
  for (const net::Endpoint& target : missing) {
    if (may_be_asked(run.log, target.address)) step.ask.push_back(ask(socket, target));
  }
  const bool held_back = step.ask.size() < missing.size() && introduction_pending(run.log);
  const bool waiting = std::any_of(asked.begin(), asked.end(), [](const Observation* seen) { return !settled(*seen); });
  if (!step.ask.empty() || held_back || waiting) return step;
  if (const auto again = to_repeat(run.log, asked)) return {.ask = {ask(socket, *again)}};
  return {.finished = true};
}

// Both sockets of a round, side by side.
Step next_round(const RunSoFar& run, unsigned round, std::vector<net::Endpoint> to_ask) {
  Step both{.finished = true};
  for (const std::uint32_t socket : mapping_sockets(round)) {
    both = side_by_side(std::move(both), next_from(run, socket, to_ask));
    // The second socket asks in reverse: a reflector that answers by the order of asking contradicts itself.
    std::reverse(to_ask.begin(), to_ask.end());
  }
  return both;
}

}  // namespace

Step next_mapping(const RunSoFar& run) {
  const std::vector<net::Endpoint> to_ask = endpoints_to_ask(run);
  if (to_ask.empty()) return {.finished = connectivity_over(run)};
  const unsigned round = latest_mapping_round(run.log);
  const Step step = next_round(run, round, to_ask);
  const bool once_more =
      step.finished && round + 1 < mapping_rounds && worth_asking_again(latest_mapping_answers(run.log));
  return once_more ? next_round(run, round + 1, to_ask) : step;
}

}  // namespace probe
