// Addresses: each is one that a host can have, none is given twice where both would be seen, and those who talk have a
// family in common, as has what they talk through.

#include <array>
#include <set>

#include "lab/scenario_check.h"
#include "net/address_scope.h"

namespace lab {
namespace {

// What no host has; empty: one may have it.
std::string_view unfit_for_hosts(const net::IpAddress& address) {
  const net::AddressScope scope = net::scope(address);
  if (scope == net::AddressScope::Loopback || net::never_a_destination(scope)) return net::to_string(scope);
  constexpr std::array<std::uint8_t, 10> before_ipv4{};  // ::ffff:192.0.2.1 and the like
  const bool holds_ipv4 =
      address.family() == net::Family::V6 && std::ranges::equal(address.bytes().first(before_ipv4.size()), before_ipv4);
  return holds_ipv4 ? "mapped" : "";
}

Contradiction unfit(const std::string& place, const net::IpAddress& address) {
  const std::string_view kind = unfit_for_hosts(address);
  if (kind.empty()) return std::nullopt;
  return contradicts("{}: {} is {}, which no host's address can be", place, net::to_string(address), kind);
}

// The addresses of every LAN as they are told one after the other.
class Taken {
 public:
  explicit Taken(const Scenario& scenario) : scenario_(scenario) {}

  Contradiction take(const std::string& place, const std::string& behind,
                     const std::vector<net::IpAddress>& addresses) {
    return take_in(place, lan_of(scenario_, behind), addresses);
  }
  Contradiction take_in(const std::string& place, const std::string& lan,
                        const std::vector<net::IpAddress>& addresses) {
    for (const net::IpAddress& address : addresses) {
      if (auto found = unfit(place, address)) return found;
      if (!seen_.emplace(lan, address).second)
        return contradicts("{}: the address {} is taken", place, net::to_string(address));
    }
    return std::nullopt;
  }
  [[nodiscard]] bool has(const std::string& behind, const net::IpAddress& address) const {
    return seen_.contains({lan_of(scenario_, behind), address});
  }

 private:
  const Scenario& scenario_;
  std::set<std::pair<std::string, net::IpAddress>> seen_;
};

Contradiction reflectors(const Scenario& scenario, Taken& taken) {
  for (std::size_t i = 0; i < scenario.reflectors.size(); ++i) {
    const ScenarioReflector& reflector = scenario.reflectors[i];
    const std::string place = fmt::format("reflectors[{}]", i);
    if (auto found = taken.take(place, "", reflector.addresses)) return found;
    if (reflector.alternate_address) {
      if (auto found = taken.take(place, "", {*reflector.alternate_address})) return found;
    }
    const auto of_v4 = std::ranges::count(reflector.addresses, net::Family::V4, &net::IpAddress::family);
    if (of_v4 > 1 || std::ssize(reflector.addresses) - of_v4 > 1)
      return contradicts("{}.addresses: at most one of a family", place);
  }
  return std::nullopt;
}

// What only a NAT that translates has.
Contradiction firewall(const ScenarioNat& nat, std::size_t i) {
  if (!nat.addresses.empty()) return contradicts("nats[{}].address: a firewall has none", i);
  if (!nat.inside.empty()) return contradicts("nats[{}].inside: a firewall has none", i);
  if (nat.inside_prefix) return contradicts("nats[{}].inside_prefix: a firewall has none", i);
  return std::nullopt;
}

Contradiction prefixes(const ScenarioNat& nat, const std::string& place) {
  if (nat.inside_prefix) {
    if (auto found = unfit(place + ".inside_prefix", nat.inside_prefix->address)) return found;
  }
  if (!nat.prefixes) return std::nullopt;
  if (nat.profile.ipv6 != Ipv6Service::Nptv6) return contradicts("{}.prefixes: the profile's ipv6 is not nptv6", place);
  if (auto found = unfit(place + ".prefixes.inside", nat.prefixes->inside)) return found;
  return unfit(place + ".prefixes.outside", nat.prefixes->outside);
}

Contradiction nats(const Scenario& scenario, Taken& taken) {
  for (std::size_t i = 0; i < scenario.nats.size(); ++i) {
    const ScenarioNat& nat = scenario.nats[i];
    const std::string place = fmt::format("nats[{}]", i);
    if (!translates(nat.profile)) {
      if (auto found = firewall(nat, i)) return found;
    }
    if (is_attached(nat) && nat.addresses.size() > 1) return contradicts("{}.addresses: a kernel NAT has one", place);
    if (auto found = prefixes(nat, place)) return found;
    if (nat.nat64_prefix && nat.profile.ipv6 != Ipv6Service::Nat64)
      return contradicts("{}.nat64_prefix: the profile's ipv6 is not nat64", place);
    if (auto found = taken.take(place, nat.behind, nat.addresses)) return found;
    if (auto found = taken.take_in(place + ".inside", nat.name, nat.inside)) return found;
  }
  return std::nullopt;
}

Contradiction hosts(const Scenario& scenario, Taken& taken) {
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    const auto interfaces = interfaces_of(scenario.hosts[i]);
    std::set<net::IpAddress> own;
    for (std::size_t k = 0; k < interfaces.size(); ++k) {
      const auto& [behind, addresses, link] = interfaces[k];
      if (auto found = taken.take(interface_place(i, k), behind, addresses)) return found;
      const ScenarioNat* nat = find_named(scenario.nats, behind);
      if (nat != nullptr && is_attached(*nat) && addresses.size() > 1)
        return contradicts("{}.addresses: behind a kernel NAT there is one", interface_place(i, k));
      for (const net::IpAddress& address : addresses) {
        if (!own.insert(address).second)
          return contradicts("{}: the address {} is taken", interface_place(i, k), net::to_string(address));
      }
    }
  }
  return std::nullopt;
}

// A NAT may come back to an address that it had.
Contradiction readdressed(const Scenario& scenario, Taken& taken) {
  std::set<std::pair<std::string, net::IpAddress>> own;
  for (const ScenarioNat& nat : scenario.nats) {
    for (const net::IpAddress& address : nat.addresses) own.emplace(nat.name, address);
  }
  for (std::size_t i = 0; i < scenario.events.size(); ++i) {
    const ScenarioEvent& event = scenario.events[i];
    const ScenarioNat* nat = find_named(scenario.nats, event.target);
    if (event.action != Action::Readdress || nat == nullptr) continue;
    for (const net::IpAddress& address : event.addresses) {
      if (!own.emplace(nat->name, address).second) continue;
      if (auto found = taken.take(fmt::format("events[{}].addresses", i), nat->behind, {address})) return found;
    }
  }
  return std::nullopt;
}

// The NATs on a host's way out, each of which needs an external address of the family that leaves it. Empty: none lacks
// one.
Contradiction way_out(const Scenario& scenario, const ScenarioHost& host, Reach reach) {
  bool v4 = reach == Reach::V4;
  for (std::string behind = host.behind; !behind.empty();) {
    const auto nat = std::ranges::find(scenario.nats, behind, &ScenarioNat::name);
    behind = nat->behind;
    const Ipv6Service ipv6 = nat->profile.ipv6;
    if (!translates(nat->profile)) continue;
    v4 = v4 || (reach == Reach::Nat64 && ipv6 == Ipv6Service::Nat64);
    const HasFamilies external = families_at(scenario, nat->behind, nat->addresses);
    if (v4 ? external.v4 : external.v6 || ipv6 != Ipv6Service::Nat66) continue;
    return contradicts("nats[{}]: '{}' needs an external {} address of it", nat - scenario.nats.begin(), host.name,
                       v4 ? "IPv4" : "IPv6");
  }
  return std::nullopt;
}

bool has_none(HasFamilies families) { return !families.v4 && !families.v6; }

}  // namespace

std::string lan_of(const Scenario& scenario, const std::string& behind) {
  if (behind.empty()) return behind;
  const ScenarioNat& nat = *find_named(scenario.nats, behind);
  return translates(nat.profile) ? behind : lan_of(scenario, nat.behind);
}

Contradiction contradiction_of_addresses(const Scenario& scenario) {
  Taken taken(scenario);
  for (const auto check : {reflectors, nats, hosts, readdressed}) {
    if (auto found = check(scenario, taken)) return found;
  }
  return std::nullopt;
}

Contradiction contradiction_of_families(const Scenario& scenario) {
  for (std::size_t i = 0; i < scenario.reflectors.size(); ++i) {
    const ScenarioReflector& reflector = scenario.reflectors[i];
    if (reflector.partner.empty()) continue;
    const HasFamilies own = families_at(scenario, {}, reflector.addresses);
    const HasFamilies its = families_at(scenario, {}, find_named(scenario.reflectors, reflector.partner)->addresses);
    if (own.v4 != its.v4 || own.v6 != its.v6)
      return contradicts("reflectors[{}].partner: '{}' has other address families", i, reflector.partner);
  }
  const HasFamilies asked = families_of_reflectors(scenario);
  if (has_none(asked)) return contradicts("reflectors: they share no address family");
  for (std::size_t i = 0; i < scenario.hosts.size(); ++i) {
    if (scenario.reflectors.empty()) continue;
    const auto reach = reach_of(scenario, scenario.hosts[i].name, asked);
    if (!reach) return contradicts("hosts[{}]: it shares no address family with the reflectors", i);
    if (auto found = way_out(scenario, scenario.hosts[i], *reach)) return found;
  }
  return std::nullopt;
}

}  // namespace lab
