#include "lab/testbed.h"

namespace lab {

enum class Testbed::Range : std::uint8_t { Public, External, Firewalled, Inside, Translated };

namespace {
constexpr std::uint8_t gateway = 1;  // the NAT's own address in its LAN
}

Testbed::Testbed(const TestbedSettings& settings)
    : family_(settings.family),
      network(net::Random(settings.seed)),
      simulator(network, net::Random(settings.seed ^ 0x5EED), settings.simulator),
      reflector_a(add_public_host(settings.reflector_link)),
      reflector_b(add_public_host(settings.reflector_link)) {}

PublicHost Testbed::add_public_host(const LinkProfile& link) {
  const net::IpAddress address = make_address(Range::Public, 0, ++public_hosts_);
  return {network.add_host({address}, core, both_ways(link)), address};
}

Site Testbed::add_site(const NatProfile& profile, const LinkProfile& link) {
  const auto number = static_cast<std::uint8_t>(hosts_in_lan_.size() + 1);
  return add_site_at(core, make_address(Range::External, 0, number), profile, link);
}

Site Testbed::add_site_behind(const Site& outer, const NatProfile& profile, const LinkProfile& link) {
  return add_site_at(outer.nat, next_inside(outer.lan), profile, link);
}

Site Testbed::add_site_at(NodeId parent, const net::IpAddress& outside, const NatProfile& profile,
                          const LinkProfile& link) {
  const auto lan = static_cast<std::uint8_t>(hosts_in_lan_.size());
  NatAddresses addresses{.inside = {make_address(Range::Inside, lan, gateway)}};
  if (translates(profile)) addresses.external = {outside};
  if (family_ == net::Family::V6 && profile.ipv6 == Ipv6Service::Nptv6) {
    addresses.prefixes = {make_address(Range::Inside, lan, 0), make_address(Range::Translated, lan, 0), 64};
  }
  const NodeId nat = network.add_nat(profile, std::move(addresses), parent, both_ways(link));
  hosts_in_lan_.push_back(gateway);
  return add_neighbour({.nat = nat, .outside = outside, .lan = lan});
}

Site Testbed::add_neighbour(const Site& site) {
  const bool translated = translates(network.nat(site.nat).profile());
  Site neighbour = site;
  neighbour.inside = translated ? next_inside(site.lan) : make_address(Range::Firewalled, 0, ++firewalled_hosts_);
  neighbour.outside = network.outside_address(site.nat, neighbour.inside).value_or(site.outside);
  neighbour.host = network.add_host({neighbour.inside}, site.nat);
  return neighbour;
}

net::IpAddress Testbed::next_inside(std::uint8_t lan) { return make_address(Range::Inside, lan, ++hosts_in_lan_[lan]); }

// 198.51.100.n, 203.0.113.n, 192.0.2.n, 10.0.lan.n (RFC 5737); 2001:db8:range:lan::n (RFC 3849).
net::IpAddress Testbed::make_address(Range range, std::uint8_t lan, std::uint8_t host) const {
  if (family_ == net::Family::V6) {
    return net::IpAddress::v6(
        {0x20, 0x01, 0x0d, 0xb8, 0, static_cast<std::uint8_t>(range), 0, lan, 0, 0, 0, 0, 0, 0, 0, host});
  }
  switch (range) {
    case Range::Public: return net::IpAddress::v4({198, 51, 100, host});
    case Range::External: return net::IpAddress::v4({203, 0, 113, host});
    case Range::Firewalled: return net::IpAddress::v4({192, 0, 2, host});
    case Range::Inside: return net::IpAddress::v4({10, 0, lan, host});
    case Range::Translated: break;  // IPv6 only
  }
  return {};
}

}  // namespace lab
