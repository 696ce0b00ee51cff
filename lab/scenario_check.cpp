#include <array>
#include <set>

#include "lab/foreign_profiles.h"
#include "lab/scenario_check.h"

namespace lab {
namespace {

constexpr std::array<std::string_view, 6> outcomes = {"direct", "asymmetric", "one-way",
                                                      "failed", "agent-lost", "not-run"};

constexpr std::size_t most_things = 200;
constexpr std::size_t most_addresses = 250;  // one byte tells them apart in the address plan

std::size_t at_least_one(const std::vector<net::IpAddress>& addresses) {
  return std::max<std::size_t>(1, addresses.size());
}

// Given, or to be assigned.
std::size_t count_addresses(const Scenario& scenario) {
  std::size_t count = 0;
  for (const auto& reflector : scenario.reflectors) count += 1 + at_least_one(reflector.addresses);
  for (const auto& nat : scenario.nats) count += at_least_one(nat.addresses) + nat.inside.size();
  for (const auto& host : scenario.hosts) {
    for (const auto& interface : interfaces_of(host)) count += at_least_one(interface.addresses);
  }
  for (const auto& event : scenario.events) count += event.addresses.size();
  return count;
}

Contradiction size(const Scenario& scenario) {
  if (scenario.hosts.empty()) return contradicts("hosts: there must be at least one");
  if (scenario.hosts.size() + scenario.nats.size() + 2 * scenario.reflectors.size() > most_things)
    return contradicts("more than {} hosts, NATs and reflectors (these count twice)", most_things);
  if (count_addresses(scenario) > most_addresses) return contradicts("more than {} addresses", most_addresses);
  return std::nullopt;
}

Contradiction names(const Scenario& scenario) {
  std::set<std::string> seen;
  const auto doubled = [&](std::string_view list, const auto& things) -> Contradiction {
    for (std::size_t i = 0; i < things.size(); ++i) {
      if (!seen.insert(things[i].name).second)
        return contradicts("{}[{}].name: '{}' is taken", list, i, things[i].name);
    }
    return std::nullopt;
  };
  if (auto found = doubled("reflectors", scenario.reflectors)) return found;
  if (auto found = doubled("nats", scenario.nats)) return found;
  return doubled("hosts", scenario.hosts);
}

Contradiction places(const Scenario& scenario) {
  const auto unknown = [&](const std::string& place, const std::string& behind) -> Contradiction {
    if (behind.empty() || find_named(scenario.nats, behind) != nullptr) return std::nullopt;
    return contradicts("{}.behind: no NAT is named '{}'", place, behind);
  };
  for (std::size_t i = 0; i < scenario.nats.size(); ++i) {
    if (auto found = unknown(fmt::format("nats[{}]", i), scenario.nats[i].behind)) return found;
  }
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    const auto interfaces = interfaces_of(scenario.hosts[i]);
    for (std::size_t k = 0; k < interfaces.size(); ++k) {
      if (auto found = unknown(interface_place(i, k), interfaces[k].behind)) return found;
    }
  }
  return std::nullopt;
}

// The kernel's routers are not part of the network model, so nothing modelled can stand behind one.
Contradiction nesting(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.nats.size(); ++i) {
    const ScenarioNat* nat = &scenario.nats[i];
    for (std::size_t steps = 0; !nat->behind.empty(); ++steps) {
      if (steps == scenario.nats.size()) {
        return contradicts("nats[{}].behind: the NATs stand behind each other in a circle", i);
      }
      const ScenarioNat* outer = find_named(scenario.nats, nat->behind);
      if (serves_one_host(outer->profile.implementation)) {
        return contradicts("nats[{}].behind: '{}' is {}, which serves one host and no NAT", i, outer->name,
                           outer->profile.name);
      }
      if (is_attached(*outer) && !is_attached(*nat)) {
        return contradicts("nats[{}].behind: '{}' is a kernel NAT, behind which only kernel NATs can be", i,
                           outer->name);
      }
      nat = outer;
    }
  }
  return std::nullopt;
}

bool any_ipv6(const std::vector<net::IpAddress>& addresses) {
  return std::ranges::any_of(addresses,
                             [](const net::IpAddress& address) { return address.family() == net::Family::V6; });
}

// slirp4netns and pasta make the interface of one host, in the lab with IPv4; slirp4netns chooses its address.
Contradiction sole_hosts(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.nats.size(); ++i) {
    const ScenarioNat& nat = scenario.nats[i];
    if (serves_one_host(nat.profile.implementation) && any_ipv6(nat.addresses))
      return contradicts("nats[{}].addresses: {} has IPv4 only here", i, nat.profile.name);
  }
  std::set<std::string_view> served;
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    const ScenarioHost& host = scenario.hosts[i];
    const ScenarioNat* nat = find_named(scenario.nats, host.behind);
    if (nat == nullptr || !serves_one_host(nat->profile.implementation)) continue;
    const auto& name = nat->profile.name;
    if (!served.insert(nat->name).second)
      return contradicts("hosts[{}].behind: '{}' is {}, which serves one host alone", i, nat->name, name);
    if (any_ipv6(host.addresses)) return contradicts("hosts[{}].addresses: {} has IPv4 only here", i, name);
    const bool chosen = nat->profile.implementation == Implementation::Slirp4netns;
    if (chosen && !host.addresses.empty() && host.addresses.front().bytes().back() != slirp_host_number)
      return contradicts("hosts[{}].addresses: slirp4netns gives its host one that ends in .{}", i, slirp_host_number);
  }
  return std::nullopt;
}

Contradiction partners(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.reflectors.size(); ++i) {
    const ScenarioReflector& reflector = scenario.reflectors[i];
    if (reflector.partner.empty()) continue;
    const ScenarioReflector* partner = find_named(scenario.reflectors, reflector.partner);
    if (partner == nullptr)
      return contradicts("reflectors[{}].partner: no reflector is named '{}'", i, reflector.partner);
    if (partner == &reflector) return contradicts("reflectors[{}].partner: it cannot be its own partner", i);
    if (partner->partner != reflector.name)
      return contradicts("reflectors[{}].partner: '{}' does not name it back", i, partner->name);
    if (reflector.alternate_address) return contradicts("reflectors[{}]: either a partner or an alternate_address", i);
  }
  return std::nullopt;
}

Contradiction expectations(const Scenario& scenario) {
  for (const ExpectedHost& expected : scenario.expected_hosts) {
    if (find_named(scenario.hosts, expected.host) == nullptr)
      return contradicts("expect.hosts: no host is named '{}'", expected.host);
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < scenario.expected_pairs.size(); ++i) {
    const ExpectedPair& pair = scenario.expected_pairs[i];
    for (const std::string& name : {pair.a, pair.b}) {
      if (find_named(scenario.hosts, name) == nullptr)
        return contradicts("expect.pairs[{}]: no host is named '{}'", i, name);
    }
    if (pair.a == pair.b) return contradicts("expect.pairs[{}]: a pair is two hosts", i);
    if (!seen.insert(std::minmax(pair.a, pair.b)).second)
      return contradicts("expect.pairs[{}]: the pair appears twice", i);
    if (std::find(outcomes.begin(), outcomes.end(), pair.outcome) == outcomes.end()) {
      return contradicts("expect.pairs[{}].outcome: must be one of {}", i, fmt::join(outcomes, ", "));
    }
  }
  if (!scenario.expected_pairs.empty() && !scenario.rendezvous)
    return contradicts("expect.pairs: the scenario has no rendezvous, so no pair is tried");
  return std::nullopt;
}

}  // namespace

std::optional<std::string> contradiction(const Scenario& scenario) {
  for (const auto check : {size, names, places, nesting, sole_hosts, contradiction_of_addresses, partners,
                           contradiction_of_families, expectations, contradiction_of_events}) {
    if (auto found = check(scenario)) return found;
  }
  return std::nullopt;
}

}  // namespace lab
