#include "probe/determinism_discovery.h"

#include <algorithm>

#include "net/address_scope.h"
#include "probe/connectivity_discovery.h"
#include "probe/determinism_answers.h"
#include "probe/log_reading.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

using enum DeterminismQuestion;

Query determinism_question(std::uint32_t socket, const net::Endpoint& to) {
  return plain_transaction(names::determinism, socket, to);
}

struct Planned {
  DeterminismQuestion question;
  Query query;
  net::Duration pause{};  // after the answer to the question before
};

// One after another, each when the one before was answered; ends where one is not.
Step in_turn(const RunSoFar& run, const std::vector<Planned>& plan) {
  net::Duration before{};
  for (const Planned& planned : plan) {
    const Observation* seen = answer_to(run.log, planned.question);
    if (seen == nullptr) {
      const net::Duration due = before + planned.pause;
      if (planned.pause > net::Duration{} && run.elapsed < due) return {.look_again = due};
      return {.ask = {planned.query}};
    }
    if (!settled(*seen)) return {};
    if (!answered(*seen)) break;
    before = seen->answered_at;
  }
  return {.finished = true};
}

std::vector<Planned> idle_plan(const ReflectorPair& pair) {
  constexpr std::uint32_t socket = determinism_sockets::idle;
  return {{BeforeIdle, determinism_question(socket, pair.primary)},
          {BeforeIdleElsewhere, determinism_question(socket, pair.other)},
          {AfterIdle, determinism_question(socket, pair.primary), determinism_idle},
          {AfterIdleNewPort, determinism_question(socket, pair.alternate_port())}};
}

// Another address of this host that reaches the same places.
std::optional<net::IpAddress> second_address(const RunSoFar& run, const net::IpAddress& first) {
  const auto found = std::find_if(run.own_addresses.begin(), run.own_addresses.end(), [&](const net::IpAddress& own) {
    return own != first && own.family() == first.family() && net::scope(own) == net::scope(first);
  });
  return found == run.own_addresses.end() ? std::nullopt : std::optional(*found);
}

Step next_collision(const RunSoFar& run, const ReflectorPair& pair) {
  const auto local_of_any = std::find_if(run.log.begin(), run.log.end(),
                                         [](const Observation& seen) { return answered(seen) && seen.local; });
  if (local_of_any == run.log.end() || !second_address(run, local_of_any->local->address)) return {.finished = true};
  std::vector<Planned> plan = {{First, determinism_question(determinism_sockets::first, pair.primary)}};
  const Observation* first = answer_to(run.log, First);
  if (first == nullptr || !answered(*first) || !first->local) return in_turn(run, plan);
  const auto address = second_address(run, first->local->address);
  if (!address) return {.finished = true};
  Query elsewhere = determinism_question(determinism_sockets::second, pair.other);
  elsewhere.bound_to = net::Endpoint{*address, first->local->port};
  plan.push_back({SecondElsewhere, elsewhere});
  plan.push_back({Second, determinism_question(determinism_sockets::second, pair.primary)});
  plan.push_back({FirstElsewhere, determinism_question(determinism_sockets::first, pair.other)});
  return in_turn(run, plan);
}

}  // namespace

Step next_determinism(const RunSoFar& run) {
  const auto pair = reflector_pair(run.log);
  if (!pair) return {.finished = connectivity_over(run)};
  if (!may_be_asked(run.log, pair->other.address)) return {.finished = !introduction_pending(run.log)};
  return side_by_side(in_turn(run, idle_plan(*pair)), next_collision(run, *pair));
}

}  // namespace probe
