#include "probe/seen_flows.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>

#include "probe/discovery.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

using Flow = std::pair<std::uint32_t, net::Endpoint>;

constexpr net::Duration surely_alive = 15s;  // no mapping seen in the field ends sooner
constexpr net::Duration surely_made = 1s;    // a question that is repeated has reached the NAT by then

bool ordinary(const Observation& seen) {
  constexpr std::array of = {names::connectivity, names::partner, names::mapping, names::filtering, names::allocation};
  return std::find(of.begin(), of.end(), seen.query.discovery) != of.end();
}

bool shows_a_flow(const Observation& seen) {
  return ordinary(seen) && seen.query.transport == Transport::Udp && answered(seen) && seen.mapped && seen.local;
}

Flow flow_of(const Observation& seen) { return {seen.query.socket, seen.query.to}; }

// Until when the question may make its mapping.
net::Duration made_by(const Observation& seen, net::Duration longest_round_trip) {
  if (answered(seen) && !seen.query.delay) return seen.answered_at;
  if (seen.query.most_requests <= 1 || seen.query.delay) return seen.sent_at + longest_round_trip;
  return settled(seen) ? std::min(seen.waited_until, seen.sent_at + surely_made) : seen.sent_at + surely_made;
}

}  // namespace

SeenFlows seen_flows(const ObservationLog& log) {
  SeenFlows out;
  std::map<Flow, net::Duration> first_asked;
  std::set<Flow> shown;
  for (std::size_t i = 0; i < log.size(); ++i) {
    const Observation& seen = log[i];
    const net::Duration asked_at = first_asked.try_emplace(flow_of(seen), seen.sent_at).first->second;
    if (!shows_a_flow(seen) || !shown.insert(flow_of(seen)).second) continue;
    out.push_back({.index = i,
                   .socket = seen.query.socket,
                   .to = seen.query.to,
                   .local = *seen.local,
                   .external = *seen.mapped,
                   .asked_at = asked_at,
                   .answered_at = seen.answered_at});
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const SeenFlow& one, const SeenFlow& two) { return one.asked_at < two.asked_at; });
  return out;
}

SeenFlows flows_of(const SeenFlows& flows, std::uint32_t socket) {
  SeenFlows out;
  std::copy_if(flows.begin(), flows.end(), std::back_inserter(out),
               [socket](const SeenFlow& flow) { return flow.socket == socket; });
  return out;
}

std::vector<std::uint32_t> sockets_of(const SeenFlows& flows) {
  std::set<std::uint32_t> out;
  for (const SeenFlow& flow : flows) out.insert(flow.socket);
  return {out.begin(), out.end()};
}

bool depends_on_port(const SeenFlows& flows) {
  std::map<std::pair<std::uint32_t, net::IpAddress>, net::Endpoint> first;
  return std::any_of(flows.begin(), flows.end(), [&](const SeenFlow& flow) {
    return first.try_emplace({flow.socket, flow.to.address}, flow.external).first->second != flow.external;
  });
}

SeenFlows new_mappings(const SeenFlows& flows) {
  SeenFlows out;
  std::set<Flow> known;
  std::copy_if(flows.begin(), flows.end(), std::back_inserter(out), [&](const SeenFlow& flow) {
    return known.insert({flow.socket, flow.external}).second;
  });
  return out;
}

SeenFlows in_certain_order(const SeenFlows& flows) {
  SeenFlows out;
  for (const SeenFlow& flow : flows) {
    if (out.empty() || flow.asked_at >= out.back().answered_at) out.push_back(flow);
  }
  return out;
}

std::vector<Span> disturbances(const ObservationLog& log, std::string_view discovery) {
  std::vector<Span> out;
  std::map<Flow, net::Duration> last_answer;
  const net::Duration longest_round_trip = patience(log);
  for (const Observation& seen : log) {
    const bool foreign = seen.query.discovery != discovery && seen.query.transport == Transport::Udp;
    if (!foreign || seen.outcome == Outcome::NotSent) continue;
    const auto earlier = last_answer.find(flow_of(seen));
    const bool alive = earlier != last_answer.end() && earlier->second <= seen.sent_at &&
                       seen.sent_at < earlier->second + surely_alive;
    if (!alive) out.emplace_back(seen.sent_at, made_by(seen, longest_round_trip));
    if (answered(seen)) last_answer.try_emplace(flow_of(seen), seen.answered_at);
  }
  return out;
}

bool disturbed(const std::vector<Span>& disturbances, net::Duration from, net::Duration until) {
  return std::any_of(disturbances.begin(), disturbances.end(),
                     [&](const Span& span) { return span.first <= until && from <= span.second; });
}

}  // namespace probe
