#include "probe/log_reading.h"

#include <algorithm>

#include "probe/discovery.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration least_patience = 50ms;

// Of reflectors: what the gateway or an assistant answers says nothing of them, nor of the way to them.
bool over_udp(const Observation& seen) {
  return seen.query.transport == Transport::Udp && !seen.query.gateway && !seen.query.assist;
}

template <typename Wanted>
net::Duration slowest(const ObservationLog& log, Wanted wanted) {
  net::Duration out{};
  for (const Observation& seen : log) {
    if (answered(seen) && over_udp(seen) && !seen.query.delay && wanted(seen)) out = std::max(out, seen.answered_at - seen.sent_at);
  }
  return out;
}

}  // namespace

bool answered(const Observation& seen) { return seen.outcome == Outcome::Answered; }

bool settled(const Observation& seen) { return seen.outcome != Outcome::Pending; }

bool is_connectivity(const Observation& seen, Transport transport) {
  return seen.query.discovery == names::connectivity && seen.query.transport == transport;
}

bool is_introduction(const Observation& seen) { return seen.query.discovery == names::partner; }

bool is_mapping(const Observation& seen) { return seen.query.discovery == names::mapping; }

bool is_filtering(const Observation& seen) { return seen.query.discovery == names::filtering; }

bool answered_over_udp(const ObservationLog& log) {
  return std::any_of(log.begin(), log.end(), [](const Observation& seen) { return over_udp(seen) && answered(seen); });
}

std::optional<std::string> nothing_sent(const ObservationLog& log) {
  const auto sent = [](const Observation& seen) { return is_connectivity(seen) && seen.outcome != Outcome::NotSent; };
  if (log.empty() || std::any_of(log.begin(), log.end(), sent)) return std::nullopt;
  return log.front().note;
}

bool heard_from(const ObservationLog& log, const net::IpAddress& address) {
  return std::any_of(log.begin(), log.end(), [&](const Observation& seen) {
    return over_udp(seen) && answered(seen) && seen.from && seen.from->address == address;
  });
}

bool given_by_user(const ObservationLog& log, const net::IpAddress& address) {
  return std::any_of(log.begin(), log.end(), [&](const Observation& seen) {
    return is_connectivity(seen) && seen.query.to.address == address;
  });
}

bool may_be_asked(const ObservationLog& log, const net::IpAddress& address) {
  return given_by_user(log, address) || heard_from(log, address);
}

bool introduction_pending(const ObservationLog& log) {
  return std::any_of(log.begin(), log.end(),
                     [](const Observation& seen) { return is_introduction(seen) && !settled(seen); });
}

net::Duration slowest_round_trip(const ObservationLog& log) {
  const net::Duration unambiguous = slowest(log, [](const Observation& seen) { return seen.requests == 1; });
  return unambiguous > 0ns ? unambiguous : slowest(log, [](const Observation&) { return true; });
}

net::Duration patience(const ObservationLog& log) { return std::max(least_patience, 2 * slowest_round_trip(log)); }

std::optional<net::Nat64Prefix> nat64_of(const Observation& seen) {
  if (seen.nat64) return seen.nat64;
  const bool well_known = net::well_known_nat64().ipv4_in(seen.query.to.address).has_value();
  return well_known ? std::optional(net::well_known_nat64()) : std::nullopt;
}

net::Endpoint as_reached(const Observation& seen, net::Endpoint said) {
  const auto prefix = nat64_of(seen);
  if (prefix && said.family() == net::Family::V4) said.address = prefix->with(said.address);
  return said;
}

net::IpAddress as_known_there(const Observation& seen, const net::IpAddress& reached) {
  const auto prefix = nat64_of(seen);
  return prefix ? prefix->ipv4_in(reached).value_or(reached) : reached;
}

std::optional<ReflectorPair> reflector_pair(const ObservationLog& log) {
  const auto introduction = std::find_if(log.begin(), log.end(), is_introduction);
  if (introduction == log.end()) return std::nullopt;
  const net::Endpoint& other = introduction->query.to;
  const auto announcer = std::find_if(log.begin(), log.end(), [&](const Observation& seen) {
    return is_connectivity(seen) && answered(seen) && seen.other_address == other;
  });
  if (announcer == log.end()) return std::nullopt;
  return ReflectorPair{.primary = announcer->query.to, .other = other};
}

std::string why_no_pair(const ObservationLog& log) {
  std::string why(nobody_answered);
  for (const Observation& seen : log) {
    if (!is_connectivity(seen) || !answered(seen)) continue;
    if (seen.other_address) return seen.note;
    why = "no reflector that answered named a partner: this needs two cooperating reflectors (RFC 5780)";
  }
  return why;
}

}  // namespace probe
