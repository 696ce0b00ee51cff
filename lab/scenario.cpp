#include "lab/scenario.h"

#include <algorithm>
#include <cassert>
#include <unordered_set>

#include "lab/foreign_profiles.h"

namespace lab {
namespace {

template <typename Things>
auto named(const Things& things, std::string_view name) {
  const auto found = std::find_if(things.begin(), things.end(), [&](const auto& thing) { return thing.name == name; });
  assert(found != things.end());
  return found;
}

bool translates(const NatProfile& profile) { return profile.mapping != net::MappingBehavior::None; }

// Places things one by one; what was given is never assigned a second time.
class Builder {
 public:
  Builder(const Scenario& scenario, KernelNats kernel_nats)
      : scenario_(scenario), kernel_nats_(kernel_nats), layout_{.network = Network(net::Random(scenario.seed))} {
    for (const auto& nat : scenario.nats) reserve(nat.address);
    for (const auto& host : scenario.hosts) reserve(host.address);
    for (const auto& reflector : scenario.reflectors) {
      reserve(reflector.address);
      reserve(reflector.alternate_address);
    }
  }

  Layout build() {
    for (const auto& reflector : scenario_.reflectors) place(reflector);
    if (scenario_.rendezvous) {
      layout_.rendezvous = place_host({assigned({}, {198, 51, 100, 100})}, core, scenario_.link);
    }
    for (const auto& nat : scenario_.nats) place(nat);
    for (const auto& host : scenario_.hosts) place(host);
    return std::move(layout_);
  }

 private:
  using Bytes = std::array<std::uint8_t, 4>;

  void reserve(const std::optional<net::IpAddress>& address) {
    if (address) taken_.insert(*address);
  }

  // The given address, or the first free one from `from` on.
  net::IpAddress assigned(const std::optional<net::IpAddress>& given, Bytes from) {
    if (given) return *given;
    while (!taken_.insert(net::IpAddress::v4(from)).second) ++from[3];
    return net::IpAddress::v4(from);
  }

  Placed place_host(std::vector<net::IpAddress> addresses, std::optional<NodeId> parent, const LinkProfile& link) {
    Placed placed{.addresses = std::move(addresses)};
    if (parent) placed.node = layout_.network.add_host(placed.addresses, *parent, both_ways(link));
    return placed;
  }

  void place(const ScenarioReflector& reflector) {
    std::vector addresses = {assigned(reflector.address, {198, 51, 100, 1})};
    if (reflector.alternate_address) addresses.push_back(*reflector.alternate_address);
    const LinkProfile link = reflector.link.value_or(scenario_.link);
    layout_.reflectors.emplace(reflector.name, place_host(std::move(addresses), core, link));
  }

  const Placed& place(const ScenarioNat& nat) {
    if (const auto done = layout_.nats.find(nat.name); done != layout_.nats.end()) return done->second;
    const std::optional<NodeId> parent = parent_of(nat.behind);
    std::vector<net::IpAddress> external;
    if (translates(nat.profile)) external.push_back(assigned(nat.address, first_address(nat.behind, {203, 0, 113, 1})));
    const LinkProfile link = nat.link.value_or(nat.behind.empty() ? scenario_.link : LinkProfile{});
    Placed placed;
    if (kernel_nats_ == KernelNats::Attach && nat.profile.implementation != Implementation::Model) {
      placed = place_host(std::move(external), parent, link);
    } else {
      placed = {.node = layout_.network.add_nat(nat.profile, {.external = external}, *parent, both_ways(link)),
                .addresses = external};
    }
    return layout_.nats.emplace(nat.name, std::move(placed)).first->second;
  }

  void place(const ScenarioHost& host) {
    const LinkProfile link = host.link.value_or(host.behind.empty() ? scenario_.link : LinkProfile{});
    const net::IpAddress address = assigned(host.address, first_address(host.behind, {192, 0, 2, 1}));
    layout_.hosts.emplace(host.name, place_host({address}, parent_of(host.behind), link));
  }

  // Empty: inside a kernel NAT that is attached as a host.
  std::optional<NodeId> parent_of(const std::string& behind) {
    if (behind.empty()) return core;
    const ScenarioNat& nat = *named(scenario_.nats, behind);
    const Placed& placed = place(nat);
    if (kernel_nats_ == KernelNats::Attach && nat.profile.implementation != Implementation::Model) return std::nullopt;
    return placed.node;
  }

  // Where addresses begin on the inside of this NAT; behind firewalls they are public.
  Bytes first_address(const std::string& behind, Bytes in_public) const {
    if (behind.empty()) return in_public;
    const auto nat = named(scenario_.nats, behind);
    if (!translates(nat->profile)) return first_address(nat->behind, in_public);
    const auto number = static_cast<std::uint8_t>(nat - scenario_.nats.begin() + 1);
    const bool by_slirp = nat->profile.implementation == Implementation::Slirp4netns;
    return {10, 0, number, by_slirp ? slirp_host_number : std::uint8_t{2}};
  }

  const Scenario& scenario_;
  KernelNats kernel_nats_;
  Layout layout_;
  std::unordered_set<net::IpAddress> taken_;
};

}  // namespace

net::NatBehavior theory(const Scenario& scenario, std::string_view host) {
  net::NatBehavior sum{.mapping = net::MappingBehavior::None, .filtering = net::FilteringBehavior::EndpointIndependent};
  for (std::string behind = named(scenario.hosts, host)->behind; !behind.empty();) {
    const ScenarioNat& nat = *named(scenario.nats, behind);
    behind = nat.behind;
    const net::NatBehavior here = observed_truth(nat.profile);
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

Layout build(const Scenario& scenario, KernelNats kernel_nats) { return Builder(scenario, kernel_nats).build(); }

}  // namespace lab
