#include "probe/assist_sequence.h"

#include <algorithm>
#include <array>

#include "probe/assist_answers.h"
#include "probe/port_sequence.h"
#include "probe/seen_flows.h"

namespace probe {
namespace {

constexpr double no_chance = 1e-4;
constexpr unsigned votes_needed = 3;  // rounds of four
constexpr std::size_t ports_of_a_block_needed = 6;

struct PortSeen {
  std::size_t index = 0;
  bool its = false;
  std::uint16_t port = 0;
  net::Duration asked_at{};
  net::Duration answered_at{};
};
using PortsSeen = std::vector<PortSeen>;

PortsSeen ports_in_turn(const ObservationLog& log) {
  PortsSeen out;
  const Observation* greeting = assist_greeting(log);
  if (greeting == nullptr) return out;
  for (const Observation* seen : assist_observations(log, assist_sequence_plan(log, greeting->query.to))) {
    const auto external = assist_external(seen);
    if (!external) break;
    out.push_back({.index = static_cast<std::size_t>(seen - log.data()),
                   .its = seen->query.assist.has_value(),
                   .port = external->port,
                   .asked_at = seen->sent_at,
                   .answered_at = seen->answered_at});
  }
  return out;
}

std::vector<std::uint16_t> ports_of_host(const PortsSeen& seen, bool its) {
  std::vector<std::uint16_t> out;
  for (const PortSeen& one : seen) {
    if (one.its == its) out.push_back(one.port);
  }
  return out;
}

PortSteps steps_alone(const PortsSeen& seen, const std::vector<Span>& busy) {
  PortSteps out;
  for (std::size_t i = 1; i < assist_alone; ++i) {
    if (!disturbed(busy, seen[i - 1].asked_at, seen[i].answered_at)) out.push_back(seen[i].port - seen[i - 1].port);
  }
  return out;
}

double chance_of_sequence(const PortsSeen& seen, const PortSteps& alone) {
  const auto ours = ports_of_host(seen, false);
  const auto [lowest, highest] = std::minmax_element(ours.begin(), ours.end());
  const double in_order = chance_of_order(ours) * chance_of_order(ports_of_host(seen, true));
  return std::min(in_order, alone.empty() ? 1.0 : chance_of_steps(alone, 1.0 + *highest - *lowest));
}

struct Votes {
  unsigned shared = 0;
  unsigned own = 0;
};

// A round in which the pool began anew, or somebody else was busy, has no vote.
Votes count_votes(const PortsSeen& seen, const std::vector<Span>& busy, int step) {
  Votes out;
  for (std::size_t before = assist_alone - 1; before + assist_a_round + 1 < seen.size(); before += assist_a_round + 1) {
    const std::size_t after = before + assist_a_round + 1;
    if (disturbed(busy, seen[before].asked_at, seen[after].answered_at)) continue;
    const int advance = seen[after].port - seen[before].port;
    const auto between = [&](const PortSeen& its) {
      const int from_ours = its.port - seen[before].port;
      return step > 0 ? from_ours > 0 && from_ours < advance : from_ours < 0 && from_ours > advance;
    };
    const auto first = seen.begin() + static_cast<std::ptrdiff_t>(before) + 1;
    const auto its_between = std::count_if(first, first + assist_a_round, between);
    out.shared += its_between == assist_a_round ? 1U : 0U;
    out.own += its_between == 0 && advance == step ? 1U : 0U;
  }
  return out;
}

}  // namespace

AssistScope assist_sequence_scope(const ObservationLog& log) {
  const PortsSeen seen = ports_in_turn(log);
  if (seen.size() < assist_alone + assist_rounds * (assist_a_round + 1)) {
    return {.why = "not all mappings of the two hosts were seen"};
  }
  const auto busy = disturbances(log, names::assist);
  const PortSteps alone = steps_alone(seen, busy);
  const double chance = chance_of_sequence(seen, alone);
  const auto step = common_step(alone);
  if (chance > no_chance || !step || *step == 0) return {.why = "the ports of the two hosts show no sequence"};
  const Votes votes = count_votes(seen, busy, *step);
  AssistScope out{.confidence = 1 - chance};
  for (const PortSeen& one : seen) out.evidence.push_back(one.index);
  std::sort(out.evidence.begin(), out.evidence.end());
  if (votes.shared >= votes_needed && votes.own == 0) {
    out.shared = true;
  } else if (votes.own >= votes_needed && votes.shared == 0) {
    out.shared = false;
  } else {
    out.why = "the ports of the two hosts were too much disturbed by others to tell";
  }
  return out;
}

bool shares_no_ports(std::string_view allocation) {
  constexpr std::array<std::string_view, 4> words = {"none", "preserving", "preserving-overloading", "random"};
  return std::find(words.begin(), words.end(), allocation) != words.end();
}

AssistScope assist_block_scope(const ObservationLog& log, unsigned first, unsigned last) {
  AssistScope out;
  unsigned inside = 0;
  for (const PortSeen& one : ports_in_turn(log)) {
    if (!one.its) continue;
    inside += one.port >= first && one.port <= last ? 1U : 0U;
    out.evidence.push_back(one.index);
  }
  if (out.evidence.size() < ports_of_a_block_needed) return {.why = "too few mappings of the other host were seen"};
  // Half of the ports at random within one block would lie within what we saw of it, and mostly more.
  out.confidence = 1 - (inside > 0 ? no_chance : 1.0 / static_cast<double>(1U << out.evidence.size()));
  out.shared = inside > 0;
  std::sort(out.evidence.begin(), out.evidence.end());
  return out;
}

}  // namespace probe
