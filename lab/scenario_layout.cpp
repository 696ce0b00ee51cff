// The address plan and the network: lab/scenario.h says what goes where.

#include <algorithm>
#include <cassert>
#include <unordered_set>

#include "lab/foreign_profiles.h"
#include "lab/scenario.h"

namespace lab {
namespace {

// Where the addresses of one kind begin.
struct Range {
  net::IpAddress v4;
  net::IpAddress v6;
};

net::IpAddress documentation(std::uint8_t kind, std::uint8_t subnet, std::uint8_t last) {  // RFC 3849
  return net::IpAddress::v6({0x20, 0x01, 0x0d, 0xb8, 0, kind, 0, subnet, 0, 0, 0, 0, 0, 0, 0, last});
}

const Range reflectors = {net::IpAddress::v4({198, 51, 100, 1}), documentation(0, 1, 1)};
const Range rendezvous = {net::IpAddress::v4({198, 51, 100, 100}), documentation(0, 1, 100)};
const Range outsides = {net::IpAddress::v4({203, 0, 113, 1}), documentation(0, 2, 1)};
const Range in_the_open = {net::IpAddress::v4({192, 0, 2, 1}), documentation(0, 3, 1)};

// RFC 4193.
net::IpAddress unique_local(std::uint8_t subnet, std::uint8_t last) {
  return net::IpAddress::v6({0xfd, 0, 0, 0, 0, 0, 0, subnet, 0, 0, 0, 0, 0, 0, 0, last});
}

PrefixPair prefixes_of(const ScenarioNat& nat, std::uint8_t number) {
  return nat.prefixes.value_or(
      PrefixPair{.inside = unique_local(number, 0), .outside = documentation(1, number, 0), .length = 64});
}

// The whole inside of a NAT, from its first address (the NAT's own) on.
Range inside_of(const ScenarioNat& nat, std::uint8_t number) {
  const Prefix v4 = nat.inside_prefix.value_or(Prefix{net::IpAddress::v4({10, 0, 0, 0}), 16});
  Range out{v4.length <= 16 ? with_last_bits(v4.address, number * 256U + 1, 16) : with_last_bits(v4.address, 1, 8),
            unique_local(number, 1)};
  const Ipv6Service ipv6 = nat.profile.ipv6;
  if (ipv6 == Ipv6Service::Firewall || ipv6 == Ipv6Service::Nat64) out.v6 = documentation(1, number, 1);
  if (ipv6 == Ipv6Service::Nptv6) out.v6 = with_last_bits(prefixes_of(nat, number).inside, 1, 8);
  return out;
}

net::IpAddress next(const net::IpAddress& address) {
  return with_last_bits(address, address.bytes().back() + 1U, 8);  // 255 is followed by 0
}

Range next(const Range& range) { return {next(range.v4), next(range.v6)}; }

// Places things one by one; what was given is never assigned a second time.
class Builder {
 public:
  Builder(const Scenario& scenario, KernelNats kernel_nats)
      : scenario_(scenario), kernel_nats_(kernel_nats), layout_{.network = Network(net::Random(scenario.seed))} {
    for (const auto& nat : scenario.nats) {
      reserve(nat.addresses);
      reserve(nat.inside);
    }
    for (const auto& host : scenario.hosts) {
      for (const auto& interface : interfaces_of(host)) reserve(interface.addresses);
    }
    for (const auto& reflector : scenario.reflectors) {
      reserve(reflector.addresses);
      if (reflector.alternate_address) taken_.insert(*reflector.alternate_address);
    }
    for (const auto& event : scenario.events) reserve(event.addresses);
  }

  Layout build() {
    for (const auto& reflector : scenario_.reflectors) place(reflector);
    if (scenario_.rendezvous) {
      layout_.rendezvous = place_host(assigned({}, {}, rendezvous), core, scenario_.link);
    }
    for (const auto& nat : scenario_.nats) place(nat);
    for (const auto& host : scenario_.hosts) place(host);
    return std::move(layout_);
  }

 private:
  using Addresses = std::vector<net::IpAddress>;

  void reserve(const Addresses& addresses) { taken_.insert(addresses.begin(), addresses.end()); }

  net::IpAddress free(net::IpAddress from) {
    while (!taken_.insert(from).second) from = next(from);
    return from;
  }

  // The given addresses, or the first free ones of the range, of each family that there is.
  Addresses assigned(const Addresses& given, const std::string& behind, const Range& from) {
    if (!given.empty()) return given;
    const HasFamilies families = families_at(scenario_, behind, given);
    Addresses out;
    if (families.v4) out.push_back(free(from.v4));
    if (families.v6) out.push_back(free(from.v6));
    return out;
  }

  Placed place_host(Addresses addresses, std::optional<NodeId> parent, const ScenarioLink& link) {
    Placed placed{.addresses = std::move(addresses)};
    if (parent) placed.node = layout_.network.add_host(placed.addresses, *parent, {.up = link.up, .down = link.down});
    return placed;
  }

  void place(const ScenarioReflector& reflector) {
    Addresses addresses = assigned(reflector.addresses, {}, reflectors);
    if (reflector.alternate_address) addresses.push_back(*reflector.alternate_address);
    const ScenarioLink link = reflector.link.value_or(scenario_.link);
    layout_.reflectors.emplace(reflector.name, place_host(std::move(addresses), core, link));
  }

  const Placed& place(const ScenarioNat& nat) {
    if (const auto done = layout_.nats.find(nat.name); done != layout_.nats.end()) return done->second;
    const std::optional<NodeId> parent = parent_of(nat.behind);
    const ScenarioLink link = link_of(nat.link, nat.behind);
    NatAddresses addresses;
    if (translates(nat.profile)) {
      const std::uint8_t number = number_of(nat);
      addresses.external =
          assigned(nat.addresses, is_attached(nat) ? nat.name : nat.behind, range(nat.behind, outsides));
      addresses.inside = assigned(nat.inside, nat.name, inside_of(nat, number));
      if (nat.profile.ipv6 == Ipv6Service::Nptv6) addresses.prefixes = prefixes_of(nat, number);
      if (nat.nat64_prefix) addresses.nat64 = *nat.nat64_prefix;
    }
    Placed placed{.addresses = addresses.external};
    if (kernel_nats_ == KernelNats::Attach && is_attached(nat)) {
      placed = place_host(std::move(addresses.external), parent, link);
    } else {
      placed.node =
          layout_.network.add_nat(nat.profile, std::move(addresses), *parent, {.up = link.up, .down = link.down});
    }
    return layout_.nats.emplace(nat.name, std::move(placed)).first->second;
  }

  void place(const ScenarioHost& host) {
    const std::vector<ScenarioInterface> all = interfaces_of(host);
    const Placed first = place(all.front());
    layout_.hosts.emplace(host.name, first);
    for (std::size_t i = 1; i < all.size(); ++i) {
      layout_.interfaces[host.name].push_back(kernel_nats_ == KernelNats::Attach ? place(all[i])
                                                                                 : add_to(*first.node, all[i]));
    }
  }

  Placed place(const ScenarioInterface& interface) {
    return place_host(addresses_of(interface), parent_of(interface.behind), link_of(interface.link, interface.behind));
  }

  Placed add_to(HostId host, const ScenarioInterface& interface) {
    const ScenarioLink link = link_of(interface.link, interface.behind);
    Placed placed{.addresses = addresses_of(interface)};
    placed.node = layout_.network.add_interface(host, placed.addresses, *parent_of(interface.behind),
                                                {.up = link.up, .down = link.down});
    return placed;
  }

  Addresses addresses_of(const ScenarioInterface& interface) {
    return assigned(interface.addresses, interface.behind, range(interface.behind, in_the_open));
  }

  ScenarioLink link_of(const std::optional<ScenarioLink>& own, const std::string& behind) const {
    return own.value_or(behind.empty() ? scenario_.link : ScenarioLink{});
  }

  // Empty: inside a kernel NAT that is attached as a host.
  std::optional<NodeId> parent_of(const std::string& behind) {
    if (behind.empty()) return core;
    const ScenarioNat& nat = nat_named(behind);
    const Placed& placed = place(nat);
    if (kernel_nats_ == KernelNats::Attach && is_attached(nat)) return std::nullopt;
    return placed.node;
  }

  // Where addresses begin behind this NAT, after its own; behind firewalls they are those of outside.
  Range range(const std::string& behind, const Range& in_public) const {
    if (behind.empty()) return in_public;
    const ScenarioNat& nat = nat_named(behind);
    if (!translates(nat.profile)) return range(nat.behind, in_public);
    Range inside = next(inside_of(nat, number_of(nat)));
    if (nat.profile.implementation == Implementation::Slirp4netns) {
      inside.v4 = with_last_bits(inside.v4, slirp_host_number, 8);
    }
    return inside;
  }

  const ScenarioNat& nat_named(const std::string& name) const {
    const auto found = std::ranges::find(scenario_.nats, name, &ScenarioNat::name);
    assert(found != scenario_.nats.end());
    return *found;
  }

  std::uint8_t number_of(const ScenarioNat& nat) const {
    return static_cast<std::uint8_t>(&nat - scenario_.nats.data() + 1);
  }

  const Scenario& scenario_;
  KernelNats kernel_nats_;
  Layout layout_;
  std::unordered_set<net::IpAddress> taken_;
};

}  // namespace

Layout build(const Scenario& scenario, KernelNats kernel_nats) { return Builder(scenario, kernel_nats).build(); }

}  // namespace lab
