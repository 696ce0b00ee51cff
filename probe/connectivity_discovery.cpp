#include "probe/connectivity_discovery.h"

#include <fmt/core.h>

#include <algorithm>

#include "net/address_scope.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration longest_before_tcp = 500ms;  // without any answer over UDP
constexpr net::Duration after_first_answer = 2s;     // for the other reflectors
constexpr unsigned introduction_requests = 3;  // security: what a stranger named by a reflector gets until it answers

Query plain_query(std::string_view discovery, std::uint32_t socket, const net::Endpoint& to, Transport transport) {
  return {.discovery = std::string(discovery), .socket = socket, .transport = transport, .to = to, .expected_from = to};
}

std::vector<Query> ask_all(const RunSoFar& run, std::uint32_t first_socket, Transport transport) {
  std::vector<Query> out;
  for (const net::Endpoint& reflector : run.given) {
    Query query = plain_query(names::connectivity, first_socket++, reflector, transport);
    if (transport == Transport::Udp) query.most_requests = first_requests;
    out.push_back(query);
  }
  return out;
}

bool asked(const ObservationLog& log, Transport transport) {
  return std::any_of(log.begin(), log.end(), [&](const Observation& seen) { return is_connectivity(seen, transport); });
}

std::optional<net::Duration> first_answer(const ObservationLog& log) {
  std::optional<net::Duration> first;
  for (const Observation& seen : log) {
    if (!is_connectivity(seen) || !answered(seen)) continue;
    first = first ? std::min(*first, seen.answered_at) : seen.answered_at;
  }
  return first;
}

bool all_settled(const ObservationLog& log) {
  return std::all_of(log.begin(), log.end(),
                     [](const Observation& seen) { return !is_connectivity(seen) || settled(seen); });
}

net::Duration before_tcp(const RunSoFar& run) { return std::min(longest_before_tcp, run.timeout / 2); }

// The first reflector that answered with a partner we may follow.
const Observation* announcer(const RunSoFar& run) {
  const Observation* first = nullptr;
  for (const Observation& seen : run.log) {
    if (!is_connectivity(seen) || !answered(seen) || !seen.other_address) continue;
    if (!why_not_followed(seen, run.follow_other_address).empty()) continue;
    if (first == nullptr || seen.answered_at < first->answered_at) first = &seen;
  }
  return first;
}

}  // namespace

Step next_connectivity(const RunSoFar& run) {
  if (!asked(run.log, Transport::Udp)) {
    return {.ask = ask_all(run, sockets::connectivity, Transport::Udp), .look_again = before_tcp(run)};
  }
  if (connectivity_over(run)) return {.finished = true};
  if (const auto first = first_answer(run.log)) return {.look_again = *first + after_first_answer};
  if (run.elapsed < before_tcp(run)) return {.look_again = before_tcp(run)};
  Step step{.look_again = run.timeout};
  if (!asked(run.log, Transport::Tcp)) step.ask = ask_all(run, sockets::connectivity_tcp, Transport::Tcp);
  return step;
}

bool connectivity_over(const RunSoFar& run) {
  if (!asked(run.log, Transport::Udp)) return false;
  if (reflector_pair(run.log) || all_settled(run.log)) return true;
  const auto first = first_answer(run.log);
  return run.elapsed >= (first ? *first + after_first_answer : run.timeout);
}

Step next_partner(const RunSoFar& run) {
  const auto introduction = std::find_if(run.log.begin(), run.log.end(), is_introduction);
  if (introduction != run.log.end()) return {.finished = settled(*introduction)};
  const Observation* named_by = announcer(run);
  if (named_by == nullptr) return {.finished = connectivity_over(run)};
  const net::Endpoint& partner = *named_by->other_address;
  Query query = plain_query(names::partner, sockets::partner, partner, Transport::Udp);
  query.most_requests = may_be_asked(run.log, partner.address) ? transaction_requests : introduction_requests;
  return {.ask = {query}};
}

std::string why_not_followed(const Observation& seen, bool whatever_its_scope) {
  const net::Endpoint& other = *seen.other_address;
  const net::Endpoint& reflector = seen.query.to;
  const auto because = [&](std::string_view reason) {
    return fmt::format("partner address {} not usable: {}", net::to_string(other), reason);
  };
  const auto nat64 = nat64_of(seen);
  const bool of_another = other.family() != reflector.family() || (nat64 && !nat64->ipv4_in(other.address));
  if (of_another) return because("another address family");
  if (other.address == reflector.address) return because("it is the reflector's own address");
  if (other.port == reflector.port || other.port == 0) return because("its port is not another one");
  const net::IpAddress known_there = as_known_there(seen, other.address);
  const auto is_ours = [&](const std::optional<net::Endpoint>& ours) {
    return ours && (ours->address == other.address || ours->address == known_there);
  };
  if (is_ours(seen.local) || is_ours(seen.mapped)) return because("it is our own address");
  const net::AddressScope scope = net::scope(known_there);
  const bool followed = net::reachable_on_word_of(known_there, as_known_there(seen, reflector.address)) ||
                        (whatever_its_scope && !net::never_a_destination(scope));
  return followed ? std::string() : because(fmt::format("{} address", net::to_string(scope)));
}

}  // namespace probe
