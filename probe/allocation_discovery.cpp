#include "probe/allocation_discovery.h"

#include <algorithm>

#include "probe/connectivity_discovery.h"
#include "probe/filtering_discovery.h"
#include "probe/log_reading.h"
#include "probe/mapping_discovery.h"
#include "probe/next_port_finding.h"
#include "probe/port_sequence.h"
#include "probe/repeated_question.h"
#include "probe/seen_flows.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t few_flows = 14;
constexpr std::size_t many_flows = 400;
constexpr std::ptrdiff_t most_silent = 3;           // then the NAT or the network gives no more
constexpr net::Duration longest_wait = 1s;          // for a moment without other questions
constexpr net::Duration longest_first_wait = 4s;    // for mapping and filtering
constexpr std::size_t burst = 20;                   // of many flows
constexpr net::Duration flow_pace = 25ms;           // on average: a browser opens as many
constexpr net::Duration small_block_pace = 1500ms;  // a flow: 20 ports are in use where they are kept for 30 s
constexpr int small_block = 512;
constexpr net::Duration longest_run = 120s;
constexpr double well_known = 0.05;  // width of the hit rate's interval: 72 trials where each hits, or none does

using OwnQuestions = std::vector<const Observation*>;

OwnQuestions own(const ObservationLog& log) {
  OwnQuestions out;
  for (const Observation& seen : log) {
    if (seen.query.discovery == names::allocation) out.push_back(&seen);
  }
  return out;
}

// The second has another address than the first: so has the peer of a traversal.
std::vector<net::Endpoint> targets(const RunSoFar& run) {
  std::vector<net::Endpoint> out;
  if (const auto pair = reflector_pair(run.log)) {
    for (const auto& endpoint : {pair->primary, pair->other, pair->alternate_port(), pair->partner_primary()}) {
      if (may_be_asked(run.log, endpoint.address)) out.push_back(endpoint);
    }
    return out;
  }
  for (const Observation& seen : run.log) {
    if (is_connectivity(seen) && answered(seen)) out.push_back(seen.query.to);
  }
  return out;
}

bool takes_part(const ObservationLog& log, std::string_view discovery) {
  return std::any_of(log.begin(), log.end(),
                     [&](const Observation& seen) { return seen.query.discovery == discovery; });
}

bool others_finished(const RunSoFar& run) {
  const bool mapping = !takes_part(run.log, names::mapping) || next_mapping(run).finished;
  return mapping && (!takes_part(run.log, names::filtering) || next_filtering(run).finished);
}

Query allocation_question(std::uint32_t socket, const net::Endpoint& to) {
  return plain_transaction(names::allocation, socket, to);
}

// Until when other questions may still make mappings; empty: none is under way.
std::optional<net::Duration> busy_until(const RunSoFar& run) {
  std::optional<net::Duration> out;
  for (const auto& [from, until] : disturbances(run.log, names::allocation)) {
    if (until > run.elapsed) out = std::max(out.value_or(until), until);
  }
  return out;
}

// What the latest socket still has to ask, if anything.
std::optional<Query> one_more(const OwnQuestions& asked, std::vector<net::Endpoint> to_ask) {
  if (asked.empty() || !answered(*asked.back())) return std::nullopt;
  const std::uint32_t latest = asked.back()->query.socket;
  std::erase_if(to_ask, [&](const net::Endpoint& target) {
    return std::any_of(asked.begin(), asked.end(), [&](const Observation* seen) {
      return seen->query.socket == latest && seen->query.to == target;
    });
  });
  return to_ask.empty() ? std::nullopt : std::optional(allocation_question(latest, to_ask.front()));
}

std::ptrdiff_t flows_of_latest(const OwnQuestions& asked) {
  return std::count_if(asked.begin(), asked.end(),
                       [&](const Observation* seen) { return seen->query.socket == asked.back()->query.socket; });
}

Query from_fresh_socket(const OwnQuestions& asked, const net::Endpoint& to) {
  return allocation_question(asked.empty() ? sockets::allocation : asked.back()->query.socket + 1, to);
}

// Ports that go to and fro within a narrow range; those of a sequence rise.
bool has_small_block(const OwnQuestions& asked) {
  std::vector<std::uint16_t> ports;
  for (const Observation* seen : asked) {
    if (answered(*seen) && seen->mapped) ports.push_back(seen->mapped->port);
  }
  if (turns(ports) < 2) return false;
  const auto [lowest, highest] = std::minmax_element(ports.begin(), ports.end());
  return *highest - *lowest < small_block;
}

bool known_well_enough(const ObservationLog& log) {
  const auto steps = port_steps_seen(log);
  if (steps.empty()) return false;
  const ShareInterval interval = measure(steps).interval();
  return interval.high - interval.low <= well_known;
}

bool enough(const RunSoFar& run, const OwnQuestions& asked) {
  const auto silent =
      std::count_if(asked.begin(), asked.end(), [](const Observation* seen) { return !answered(*seen); });
  if (silent >= most_silent || asked.size() >= (run.full ? many_flows : few_flows)) return true;
  if (asked.size() < few_flows) return false;
  if (run.elapsed - asked.front()->sent_at > longest_run) return true;
  return asked.size() % burst == 0 && known_well_enough(run.log);
}

// When the next socket may be opened: few at once, many in bursts, those of a small block one by one.
net::Duration due(const RunSoFar& run, const OwnQuestions& asked) {
  if (asked.empty()) return run.elapsed;
  const net::Duration at_once = asked.back()->waited_until;
  if (asked.size() < few_flows) return at_once;
  const auto flows = static_cast<int>(asked.size());
  if (has_small_block(asked)) return at_once + flows_of_latest(asked) * small_block_pace;
  return asked.size() % burst == 0 ? std::max(at_once, asked.front()->sent_at + flows * flow_pace) : at_once;
}

// At `due`, and then as soon as no other question may make a mapping; but at `latest`.
Step when_quiet(const RunSoFar& run, net::Duration due, net::Duration latest, Query query) {
  if (run.elapsed < due) return {.look_again = due};
  const auto busy = busy_until(run);
  if (busy && run.elapsed < latest) return {.look_again = std::min(*busy, latest)};
  return {.ask = {std::move(query)}};
}

}  // namespace

Step next_allocation(const RunSoFar& run) {
  std::vector<net::Endpoint> to_ask = targets(run);
  if (to_ask.empty()) return {.finished = connectivity_over(run)};
  if (!reflector_pair(run.log) && !connectivity_over(run)) return {};
  const OwnQuestions asked = own(run.log);
  const bool first = asked.empty();
  if (first && !others_finished(run) && run.elapsed < longest_first_wait) return {.look_again = longest_first_wait};
  if (!first && !settled(*asked.back())) return {};
  if (enough(run, asked)) return {.finished = true};
  const std::size_t width = depends_on_port(seen_flows(run.log)) ? 4 : 2;
  to_ask.resize(std::min(width, to_ask.size()));
  if (auto query = one_more(asked, to_ask)) {
    const net::Duration answered_at = asked.back()->waited_until;
    return when_quiet(run, answered_at, answered_at + longest_wait, *query);
  }
  const net::Duration from = due(run, asked);
  const net::Duration latest = first ? longest_first_wait : from + longest_wait;
  return when_quiet(run, from, latest, from_fresh_socket(asked, to_ask.front()));
}

}  // namespace probe
