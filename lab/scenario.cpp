#include "lab/scenario.h"

#include <algorithm>
#include <cassert>

namespace lab {
namespace {

template <typename Things>
auto named(const Things& things, std::string_view name) {
  const auto found = std::find_if(things.begin(), things.end(), [&](const auto& thing) { return thing.name == name; });
  assert(found != things.end());
  return found;
}

HasFamilies of_scenario(const Scenario& scenario) {
  return {.v4 = scenario.family != Families::V6, .v6 = scenario.family != Families::V4};
}

HasFamilies among(const std::vector<net::IpAddress>& addresses) {
  const auto has = [&](net::Family family) {
    return std::ranges::any_of(addresses, [&](const net::IpAddress& address) { return address.family() == family; });
  };
  return {.v4 = has(net::Family::V4), .v6 = has(net::Family::V6)};
}

bool within_kernel_nat(const Scenario& scenario, const std::string& behind) {
  return !behind.empty() && is_attached(*named(scenario.nats, behind));
}

const ScenarioNat* innermost_nat64(const Scenario& scenario, std::string behind) {
  while (!behind.empty()) {
    const ScenarioNat& nat = *named(scenario.nats, behind);
    if (nat.profile.ipv6 == Ipv6Service::Nat64) return &nat;
    behind = nat.behind;
  }
  return nullptr;
}

// What a prober that comes this way sees of the NAT: IPv6 may be served otherwise than IPv4.
net::NatBehavior seen(const NatProfile& profile, Reach reach) {
  net::NatBehavior here = observed_truth(profile);
  if (reach != Reach::V6 || here.udp_blocked || !translates(profile)) return here;
  if (profile.ipv6 == Ipv6Service::Nat66) return here;
  here.allocation.reset();
  here.mapping = net::MappingBehavior::None;
  if (profile.ipv6 == Ipv6Service::Nptv6) {  // other addresses, the same ports
    here.mapping = net::MappingBehavior::EndpointIndependent;
    here.allocation = net::PortAllocation::Preserving;
  }
  return here;
}

}  // namespace

std::vector<ScenarioInterface> interfaces_of(const ScenarioHost& host) {
  std::vector<ScenarioInterface> all = {{.behind = host.behind, .addresses = host.addresses, .link = host.link}};
  all.insert(all.end(), host.interfaces.begin(), host.interfaces.end());
  return all;
}

net::NatBehavior theory(const Scenario& scenario, std::string_view host) {
  const Reach reach = reach_of(scenario, host, families_of_reflectors(scenario)).value_or(Reach::V4);
  net::NatBehavior sum{.mapping = net::MappingBehavior::None, .filtering = net::FilteringBehavior::EndpointIndependent};
  for (std::string behind = named(scenario.hosts, host)->behind; !behind.empty();) {
    const ScenarioNat& nat = *named(scenario.nats, behind);
    behind = nat.behind;
    const net::NatBehavior here = seen(nat.profile, reach);
    if (here.udp_blocked) return here;
    sum.filtering = std::max(sum.filtering, here.filtering);
    if (here.mapping == net::MappingBehavior::None) continue;
    if (sum.mapping == net::MappingBehavior::None || *here.mapping >= *sum.mapping) {
      sum.mapping = here.mapping;
      sum.allocation = here.allocation;
    }
  }
  return sum;
}

// ---- how hosts reach what stands in the open -----------------------------------------------------------------------

HasFamilies families_at(const Scenario& scenario, const std::string& behind,
                        const std::vector<net::IpAddress>& addresses) {
  if (!addresses.empty()) return among(addresses);
  HasFamilies given = of_scenario(scenario);
  if (given.v4 && within_kernel_nat(scenario, behind)) given.v6 = false;
  return given;
}

std::optional<Reach> reach_of(const Scenario& scenario, std::string_view host, HasFamilies what) {
  const ScenarioHost& from = *named(scenario.hosts, host);
  const HasFamilies own = families_at(scenario, from.behind, from.addresses);
  if (own.v4 && what.v4) return Reach::V4;
  if (own.v6 && !own.v4 && what.v4 && innermost_nat64(scenario, from.behind) != nullptr) return Reach::Nat64;
  if (own.v6 && what.v6) return Reach::V6;
  return std::nullopt;
}

HasFamilies families_of_reflectors(const Scenario& scenario) {
  HasFamilies shared{.v4 = true, .v6 = true};
  for (const ScenarioReflector& reflector : scenario.reflectors) {
    const HasFamilies its = families_at(scenario, {}, reflector.addresses);
    shared = {.v4 = shared.v4 && its.v4, .v6 = shared.v6 && its.v6};
  }
  return shared;
}

HasFamilies families_of_rendezvous(const Scenario& scenario) {
  const HasFamilies its = of_scenario(scenario);
  return {.v4 = its.v4, .v6 = !its.v4};
}

net::Nat64Prefix nat64_prefix_of(const Scenario& scenario, std::string_view host) {
  const ScenarioNat* nat = innermost_nat64(scenario, named(scenario.hosts, host)->behind);
  return nat == nullptr ? net::well_known_nat64() : nat->nat64_prefix.value_or(net::well_known_nat64());
}

net::IpAddress address_by(Reach reach, const std::vector<net::IpAddress>& addresses, const net::Nat64Prefix& nat64) {
  const auto wanted = reach == Reach::V6 ? net::Family::V6 : net::Family::V4;
  const auto found = std::ranges::find(addresses, wanted, &net::IpAddress::family);
  assert(found != addresses.end());
  return reach == Reach::Nat64 ? nat64.with(*found) : *found;
}

}  // namespace lab
