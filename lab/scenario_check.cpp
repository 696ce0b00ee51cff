#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "lab/foreign_profiles.h"
#include "lab/scenario.h"

namespace lab {
namespace {

constexpr std::array<std::string_view, 5> outcomes = {"direct", "asymmetric", "one-way", "failed", "not-run"};

constexpr std::size_t most_addresses = 200;  // one byte tells them apart in the address plan

template <typename Things>
auto find_named(const Things& things, std::string_view name) -> decltype(&things.front()) {
  const auto found = std::find_if(things.begin(), things.end(), [&](const auto& thing) { return thing.name == name; });
  return found == things.end() ? nullptr : &*found;
}

using Fault = std::optional<std::string>;

template <typename... Args>
Fault fault(fmt::format_string<Args...> text, Args&&... args) {
  return fmt::format(text, std::forward<Args>(args)...);
}

// The checks run in this order and the first fault is told: later ones rely on what earlier ones found in order.

Fault size(const Scenario& scenario) {
  if (scenario.hosts.empty()) return fault("hosts: there must be at least one");
  if (scenario.hosts.size() + scenario.nats.size() + 2 * scenario.reflectors.size() <= most_addresses)
    return std::nullopt;
  return fault("more than {} hosts, NATs and reflectors (these count twice)", most_addresses);
}

Fault names(const Scenario& scenario) {
  std::set<std::string> seen;
  const auto doubled = [&](std::string_view list, const auto& things) -> Fault {
    for (std::size_t i = 0; i < things.size(); ++i) {
      if (!seen.insert(things[i].name).second) return fault("{}[{}].name: '{}' is taken", list, i, things[i].name);
    }
    return std::nullopt;
  };
  if (auto found = doubled("reflectors", scenario.reflectors)) return found;
  if (auto found = doubled("nats", scenario.nats)) return found;
  return doubled("hosts", scenario.hosts);
}

Fault places(const Scenario& scenario) {
  const auto unknown = [&](std::string_view list, const auto& things) -> Fault {
    for (std::size_t i = 0; i < things.size(); ++i) {
      const std::string& behind = things[i].behind;
      if (behind.empty() || find_named(scenario.nats, behind) != nullptr) continue;
      return fault("{}[{}].behind: no NAT is named '{}'", list, i, behind);
    }
    return std::nullopt;
  };
  if (auto found = unknown("nats", scenario.nats)) return found;
  return unknown("hosts", scenario.hosts);
}

// The kernel's routers are not part of the network model, so nothing modelled can stand behind one.
Fault nesting(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.nats.size(); ++i) {
    const ScenarioNat* nat = &scenario.nats[i];
    for (std::size_t steps = 0; !nat->behind.empty(); ++steps) {
      if (steps == scenario.nats.size()) {
        return fault("nats[{}].behind: the NATs stand behind each other in a circle", i);
      }
      const ScenarioNat* outer = find_named(scenario.nats, nat->behind);
      if (serves_one_host(outer->profile.implementation)) {
        return fault("nats[{}].behind: '{}' is {}, which serves one host and no NAT", i, outer->name,
                     outer->profile.name);
      }
      if (outer->profile.implementation != Implementation::Model &&
          nat->profile.implementation == Implementation::Model) {
        return fault("nats[{}].behind: '{}' is a kernel NAT, behind which only kernel NATs can be", i, outer->name);
      }
      nat = outer;
    }
  }
  return std::nullopt;
}

bool is_ipv6(const std::optional<net::IpAddress>& address) { return address && address->family() == net::Family::V6; }

// slirp4netns and pasta make the interface of one host, in the lab with IPv4; slirp4netns chooses its address.
Fault sole_hosts(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.nats.size(); ++i) {
    const ScenarioNat& nat = scenario.nats[i];
    if (serves_one_host(nat.profile.implementation) && is_ipv6(nat.address))
      return fault("nats[{}].address: {} has IPv4 only here", i, nat.profile.name);
  }
  std::set<std::string_view> served;
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    const ScenarioHost& host = scenario.hosts[i];
    const ScenarioNat* nat = find_named(scenario.nats, host.behind);
    if (nat == nullptr || !serves_one_host(nat->profile.implementation)) continue;
    if (!served.insert(nat->name).second)
      return fault("hosts[{}].behind: '{}' is {}, which serves one host alone", i, nat->name, nat->profile.name);
    if (is_ipv6(host.address)) return fault("hosts[{}].address: {} has IPv4 only here", i, nat->profile.name);
    const bool chosen = nat->profile.implementation == Implementation::Slirp4netns;
    if (chosen && host.address && host.address->bytes().back() != slirp_host_number)
      return fault("hosts[{}].address: slirp4netns gives its host one that ends in .{}", i, slirp_host_number);
  }
  return std::nullopt;
}

// The NAT whose inside this is, past firewalls, behind which addresses are those of outside; empty: the core.
std::string lan(const Scenario& scenario, const std::string& behind) {
  if (behind.empty()) return behind;
  const ScenarioNat& nat = *find_named(scenario.nats, behind);
  return nat.profile.mapping == net::MappingBehavior::None ? lan(scenario, nat.behind) : behind;
}

Fault addresses(const Scenario& scenario) {
  std::set<std::pair<std::string, net::IpAddress>> seen;
  const auto doubled = [&](std::string_view list, std::size_t i, const std::string& behind,
                           const std::optional<net::IpAddress>& address) -> Fault {
    if (!address || seen.emplace(lan(scenario, behind), *address).second) return std::nullopt;
    return fault("{}[{}]: the address {} is taken", list, i, net::to_string(*address));
  };
  for (std::size_t i = 0; i < scenario.reflectors.size(); ++i) {
    if (auto found = doubled("reflectors", i, "", scenario.reflectors[i].address)) return found;
    if (auto found = doubled("reflectors", i, "", scenario.reflectors[i].alternate_address)) return found;
  }
  for (std::size_t i = 0; i < scenario.nats.size(); ++i) {
    const ScenarioNat& nat = scenario.nats[i];
    if (nat.address && nat.profile.mapping == net::MappingBehavior::None) {
      return fault("nats[{}].address: a firewall has none", i);
    }
    if (auto found = doubled("nats", i, nat.behind, nat.address)) return found;
  }
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    if (auto found = doubled("hosts", i, scenario.hosts[i].behind, scenario.hosts[i].address)) return found;
  }
  return std::nullopt;
}

Fault partners(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.reflectors.size(); ++i) {
    const ScenarioReflector& reflector = scenario.reflectors[i];
    if (reflector.partner.empty()) continue;
    const ScenarioReflector* partner = find_named(scenario.reflectors, reflector.partner);
    if (partner == nullptr) return fault("reflectors[{}].partner: no reflector is named '{}'", i, reflector.partner);
    if (partner == &reflector) return fault("reflectors[{}].partner: it cannot be its own partner", i);
    if (partner->partner != reflector.name)
      return fault("reflectors[{}].partner: '{}' does not name it back", i, partner->name);
    if (reflector.alternate_address) return fault("reflectors[{}]: either a partner or an alternate_address", i);
  }
  return std::nullopt;
}

Fault expectations(const Scenario& scenario) {
  for (const ExpectedHost& expected : scenario.expected_hosts) {
    if (find_named(scenario.hosts, expected.host) == nullptr)
      return fault("expect.hosts: no host is named '{}'", expected.host);
  }
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t i = 0; i < scenario.expected_pairs.size(); ++i) {
    const ExpectedPair& pair = scenario.expected_pairs[i];
    for (const std::string& name : {pair.a, pair.b}) {
      if (find_named(scenario.hosts, name) == nullptr) return fault("expect.pairs[{}]: no host is named '{}'", i, name);
    }
    if (pair.a == pair.b) return fault("expect.pairs[{}]: a pair is two hosts", i);
    if (!seen.insert(std::minmax(pair.a, pair.b)).second) return fault("expect.pairs[{}]: the pair appears twice", i);
    if (std::find(outcomes.begin(), outcomes.end(), pair.outcome) == outcomes.end()) {
      return fault("expect.pairs[{}].outcome: must be one of {}", i, fmt::join(outcomes, ", "));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> contradiction(const Scenario& scenario) {
  for (const auto check : {size, names, places, nesting, sole_hosts, addresses, partners, expectations}) {
    if (auto found = check(scenario)) return found;
  }
  return std::nullopt;
}

}  // namespace lab
