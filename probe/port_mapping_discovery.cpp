#include "probe/port_mapping_discovery.h"

#include <algorithm>
#include <array>

#include "gateway/upnp.h"
#include "probe/connectivity_discovery.h"
#include "probe/determinism_answers.h"
#include "probe/log_reading.h"
#include "probe/port_mapping_log.h"
#include "probe/repeated_question.h"

namespace probe {
namespace {

constexpr std::uint32_t inside_socket = sockets::port_mapping;
constexpr std::uint32_t outside_socket = sockets::port_mapping + 1;
constexpr std::uint32_t first_connection = sockets::port_mapping + 10;

constexpr unsigned datagrams = 8;        // of a question to the gateway: RFC 6886 section 3.1 has 9
constexpr unsigned group_datagrams = 3;  // to everybody on the link
constexpr unsigned end_datagrams = 2;    // for the end of a mapping that nobody seems to have made
constexpr unsigned controls_of_silence = 12;
constexpr unsigned tries_of_a_port = 3;    // UPnP: the port wished for may be taken
constexpr std::uint16_t port_step = 7919;  // from the internal to the external port, and to the next one tried
constexpr std::uint16_t first_port = 10'000;
constexpr std::uint16_t wishable_ports = 50'000;

std::uint16_t wished_port(std::uint16_t internal, unsigned attempt) {
  return static_cast<std::uint16_t>(first_port + (internal + (attempt + 1) * port_step) % wishable_ports);
}

// ---- questions -----------------------------------------------------------------------------------------------------

Query ask(gateway::Question question, const net::Endpoint& to, unsigned most_requests = datagrams) {
  return {.discovery = std::string(names::port_mapping),
          .socket = inside_socket,
          .to = to,
          .expected_from = to,
          .most_requests = most_requests,
          .gateway = std::move(question)};
}

Query ask_http(const ObservationLog& log, gateway::Question question, const net::Endpoint& to) {
  Query query = ask(std::move(question), to, 2);
  query.transport = Transport::Tcp;
  query.socket =
      first_connection + static_cast<std::uint32_t>(std::count_if(log.begin(), log.end(), [](const Observation& seen) {
        return seen.query.gateway && seen.query.transport == Transport::Tcp;
      }));
  return query;
}

std::optional<net::Endpoint> inside(const ObservationLog& log) {
  const auto found = std::find_if(
      log.begin(), log.end(), [](const Observation& seen) { return seen.query.socket == inside_socket && seen.local; });
  return found == log.end() ? std::nullopt : found->local;
}

// Where nobody is, the session says so in the log.
std::vector<Query> first_questions(const RunSoFar& run) {
  const net::IpAddress gateway = run.gateway.value_or(net::IpAddress::any(net::Family::V4));
  const gateway::Question address{.act = gateway::Act::NatPmpAddress};
  if (!run.gateway) return {ask(address, {gateway, gateway::pcp_port})};
  const gateway::Question search{.act = gateway::Act::UpnpSearch};
  return {ask(address, {gateway, gateway::pcp_port}), ask(search, {gateway, gateway::ssdp_port}),
          ask(search, gateway::ssdp_group(), group_datagrams)};
}

// ---- how far each protocol is ---------------------------------------------------------------------------------------

bool all_settled(const ObservationLog& log, gateway::Act act) {
  const GatewayLog asked = asked_of_gateway(log, act);
  return std::all_of(asked.begin(), asked.end(), [&](std::size_t index) { return settled(log[index]); });
}

bool asked(const ObservationLog& log, gateway::Act act) { return !asked_of_gateway(log, act).empty(); }

struct Wan {  // where UPnP actions go
  net::Endpoint to;
  std::string path;
  std::string service;
};
std::optional<Wan> wan_of(const ObservationLog& log) {
  const auto found = gateway_answer(log, gateway::Act::UpnpDescription);
  if (!found || log[*found].gateway->service.empty()) return std::nullopt;
  const gateway::Answer& description = *log[*found].gateway;
  net::Endpoint to = log[*found].query.to;
  if (description.url_port.value_or(0) != 0) to.port = *description.url_port;
  return Wan{to, description.path, description.service};
}

gateway::Question mapping_question(gateway::Act act, const net::Endpoint& inside, unsigned attempt = 0) {
  return {.act = act,
          .inside = inside,
          .external_port = wished_port(inside.port, attempt),
          .lease = gateway::mapping_lease};
}

// ---- steps ---------------------------------------------------------------------------------------------------------

// What the description tells, vendor and model, is wanted whoever makes the mapping.
std::vector<Query> describe(const RunSoFar& run) {
  const auto found = gateway_answer(run.log, gateway::Act::UpnpSearch);
  if (found && !asked(run.log, gateway::Act::UpnpDescription)) {
    const gateway::Answer& told = *run.log[*found].gateway;
    return {
        ask_http(run.log, {.act = gateway::Act::UpnpDescription, .path = told.path}, {*run.gateway, *told.url_port})};
  }
  const auto wan = wan_of(run.log);
  if (!wan || asked(run.log, gateway::Act::UpnpAddress)) return {};
  return {ask_http(run.log, {.act = gateway::Act::UpnpAddress, .path = wan->path, .service = wan->service}, wan->to)};
}

struct Attempt {
  std::optional<Query> ask = std::nullopt;
  bool over = false;  // without a mapping; else, without a query, still to be waited for
};

Attempt by_pcp(const RunSoFar& run, const net::Endpoint& from) {
  if (asked(run.log, gateway::Act::PcpMap)) return {.over = all_settled(run.log, gateway::Act::PcpMap)};
  return {ask(mapping_question(gateway::Act::PcpMap, from), {*run.gateway, gateway::pcp_port})};
}

Attempt by_nat_pmp(const RunSoFar& run, const net::Endpoint& from) {
  if (asked(run.log, gateway::Act::NatPmpMap)) return {.over = all_settled(run.log, gateway::Act::NatPmpMap)};
  if (!gateway_answer(run.log, gateway::Act::NatPmpAddress))
    return {.over = all_settled(run.log, gateway::Act::NatPmpAddress)};
  return {ask(mapping_question(gateway::Act::NatPmpMap, from), {*run.gateway, gateway::pcp_port})};
}

Attempt by_upnp(const RunSoFar& run, const net::Endpoint& from) {
  const auto wan = wan_of(run.log);
  if (!wan)
    return {.over =
                all_settled(run.log, gateway::Act::UpnpSearch) && all_settled(run.log, gateway::Act::UpnpDescription)};
  const GatewayLog tries = asked_of_gateway(run.log, gateway::Act::UpnpMap);
  if (!tries.empty()) {
    const Observation& last = run.log[tries.back()];
    const bool again = last.outcome == Outcome::Refused && last.error_code == gateway::upnp::port_taken &&
                       tries.size() < tries_of_a_port;
    if (!again) return {.over = settled(last)};
  }
  gateway::Question question = mapping_question(gateway::Act::UpnpMap, from, static_cast<unsigned>(tries.size()));
  question.path = wan->path;
  question.service = wan->service;
  return {ask_http(run.log, std::move(question), wan->to)};
}

// One protocol after the other, until one grants a mapping.
Attempt map(const RunSoFar& run) {
  const auto from = inside(run.log);
  if (!from) return {.over = all_settled(run.log, gateway::Act::NatPmpAddress)};
  for (const auto by : {by_pcp, by_nat_pmp, by_upnp}) {
    Attempt attempt = by(run, *from);
    if (attempt.ask || !attempt.over) return attempt;
  }
  return {.over = true};
}

std::optional<net::Endpoint> reflector(const ObservationLog& log) {
  if (const auto pair = reflector_pair(log)) return pair->primary;
  const auto found = std::find_if(log.begin(), log.end(),
                                  [](const Observation& seen) { return is_connectivity(seen) && answered(seen); });
  return found == log.end() ? std::nullopt : std::optional(found->query.to);
}

// From outside; finished when that is settled, or nobody is there to ask.
Step verify(const RunSoFar& run, std::size_t mapping) {
  if (const auto check = outside_check(run.log)) return {.finished = settled(run.log[*check])};
  if (!connectivity_over(run)) return {};
  const auto to = reflector(run.log);
  if (!to) return {.finished = true};
  return {.ask = {{.discovery = std::string(names::port_mapping),
                   .socket = outside_socket,
                   .to = *to,
                   .expected_from = *to,
                   .most_requests = transaction_requests,
                   .heard_on = inside_socket,
                   .response_port = run.log[mapping].gateway->external_port}}};
}

// One of the connectivity answers shows it; any of them would.
bool keeps_ports(const ObservationLog& log) {
  return std::any_of(log.begin(), log.end(), [](const Observation& seen) {
    return is_connectivity(seen) && answered(seen) && seen.local && seen.mapped && *seen.local != *seen.mapped &&
           seen.local->port == seen.mapped->port;
  });
}

// While the mapping holds its external port: what becomes of a socket of ours on the port of that number, which a NAT
// that keeps ports would give it (probe/determinism_answers.h).
Step collide(const RunSoFar& run, std::size_t mapping) {
  const auto pair = reflector_pair(run.log);
  const auto from = inside(run.log);
  const std::uint16_t port = run.log[mapping].gateway->external_port.value_or(0);
  if (!pair || !from || port < first_port || port == from->port || !keeps_ports(run.log)) return {.finished = true};
  if (!may_be_asked(run.log, pair->other.address)) return {.finished = !introduction_pending(run.log)};
  for (const net::Endpoint& to : {pair->other, pair->primary}) {
    Query query = plain_transaction(names::port_mapping, determinism_sockets::mapped, to);
    query.bound_to = net::Endpoint{from->address, port};
    const Observation* seen = asked(run.log, query);
    if (seen == nullptr) return {.ask = {query}};
    if (!settled(*seen)) return {};
    if (!answered(*seen)) break;
  }
  return {.finished = true};
}

// That the gateway is silent means something where it lets others' answers through: a few from a reflector, to count.
Step count_losses(const RunSoFar& run) {
  Step step{.finished = connectivity_over(run)};
  const auto to = reflector(run.log);
  if (!step.finished || !to) return step;
  const bool asked_already = std::any_of(run.log.begin(), run.log.end(),
                                         [](const Observation& seen) { return seen.query.socket == outside_socket; });
  if (!asked_already) {
    step.ask.assign(controls_of_silence, {.discovery = std::string(names::port_mapping),
                                          .socket = outside_socket,
                                          .to = *to,
                                          .expected_from = *to,
                                          .most_requests = transaction_requests});
    return step;
  }
  step.finished = std::all_of(run.log.begin(), run.log.end(), [](const Observation& seen) {
    return seen.query.socket != outside_socket || settled(seen);
  });
  return step;
}

bool gateway_was_heard(const ObservationLog& log) {
  return std::any_of(log.begin(), log.end(), [](const Observation& seen) { return seen.query.gateway && seen.from; });
}

// ---- the end -------------------------------------------------------------------------------------------------------

// A port that is taken is somebody else's mapping: never to be removed by us.
bool may_have_mapped(const Observation& seen) {
  return seen.query.gateway && maps(seen.query.gateway->act) && seen.outcome != Outcome::NotSent &&
         seen.outcome != Outcome::Refused;
}

// Where all requests for it stayed unanswered, few for its end will do.
Query ask_end(const ObservationLog& log, const Observation& mapping) {
  const bool nobody_there = mapping.outcome != Outcome::Answered && mapping.requests >= mapping.query.most_requests;
  gateway::Question question = *mapping.query.gateway;
  question.act = *undoing(question.act);
  question.lease = {};
  if (mapping.query.transport == Transport::Tcp) return ask_http(log, std::move(question), mapping.query.to);
  return ask(std::move(question), mapping.query.to, nobody_there ? end_datagrams : datagrams);
}

}  // namespace

Step next_port_mapping(const RunSoFar& run) {
  if (!asked(run.log, gateway::Act::NatPmpAddress)) return {.ask = first_questions(run)};
  if (!run.gateway) return {.finished = true};
  Step step{.ask = describe(run)};
  const auto made = granted_mapping(run.log);
  if (!made) {
    Attempt attempt = map(run);
    if (attempt.ask && step.ask.empty()) step.ask.push_back(*attempt.ask);
    if (!step.ask.empty() || !attempt.over) return step;
    const Step controls = gateway_was_heard(run.log) ? Step{.finished = true} : count_losses(run);
    step.ask = controls.ask;
    if (!step.ask.empty() || !controls.finished) return step;
  } else {
    for (const auto use : {verify, collide}) {
      const Step used = use(run, *made);
      if (step.ask.empty()) step.ask = used.ask;
      if (!step.ask.empty() || !used.finished) return step;
    }
  }
  step.finished = std::all_of(run.log.begin(), run.log.end(),
                              [](const Observation& seen) { return !seen.query.gateway || settled(seen); });
  return side_by_side(std::move(step), undo_port_mapping(run));
}

Step undo_port_mapping(const RunSoFar& run) {
  Step step{.finished = true};
  for (std::size_t i = 0; i < run.log.size(); ++i) {
    if (!may_have_mapped(run.log[i])) continue;
    const auto end = end_of_mapping(run.log, i);
    if (!end) step.ask.push_back(ask_end(run.log, run.log[i]));
    step.finished = step.finished && end && settled(run.log[*end]);
  }
  return step;
}

}  // namespace probe
