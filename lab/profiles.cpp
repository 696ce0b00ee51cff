// The named profiles: the whole grid, the names of RFC 3489, and real NATs with where their numbers come from.

#include <algorithm>
#include <chrono>
#include <initializer_list>

#include "lab/foreign_profiles.h"
#include "lab/nat_profile.h"

namespace lab {
namespace {

using namespace std::chrono_literals;
using enum net::PortAllocation;

constexpr auto eim = net::MappingBehavior::EndpointIndependent;
constexpr auto adm = net::MappingBehavior::AddressDependent;
constexpr auto apdm = net::MappingBehavior::AddressAndPortDependent;
constexpr auto none = net::MappingBehavior::None;
constexpr auto eif = net::FilteringBehavior::EndpointIndependent;
constexpr auto adf = net::FilteringBehavior::AddressDependent;
constexpr auto apdf = net::FilteringBehavior::AddressAndPortDependent;

struct Row {
  NatProfile profile;
  std::string_view source;
};

NatProfile named(std::string_view name, NatProfile profile) {
  profile.name = name;
  return profile;
}

std::vector<NatProfile> make_grid() {
  std::vector<NatProfile> grid;
  for (const auto mapping : {eim, adm, apdm}) {
    for (const auto filtering : {eif, adf, apdf}) {
      for (const auto allocation : {Preserving, Sequential, Random}) {
        grid.push_back(make_profile(mapping, filtering, allocation));
      }
    }
  }
  return grid;
}

void add_grid(std::vector<Row>& table) {
  for (const NatProfile& kind : grid_profiles()) table.push_back({kind, {}});
}

void add_classic_names(std::vector<Row>& table) {
  constexpr std::string_view rfc = "RFC 3489 section 5";
  table.push_back({named("full-cone", make_profile(eim, eif, Preserving)), rfc});
  table.push_back({named("restricted-cone", make_profile(eim, adf, Preserving)), rfc});
  table.push_back({named("port-restricted-cone", make_profile(eim, apdf, Preserving)), rfc});
  table.push_back({named("symmetric", make_profile(apdm, apdf, Random)), rfc});
  table.push_back({named("no-nat", make_profile(none, eif, Preserving)), rfc});
  table.push_back({named("udp-firewall", make_profile(none, apdf, Preserving)), rfc});
  table.push_back({named("udp-blocked", make_profile(eim, apdf, Preserving)), rfc});
  table.back().profile.udp_blocked = true;
}

// nf_conntrack's timers: 30 s until the flow was answered and has lasted over 2 s, then those of a stream.
NatProfile linux_masquerade() {
  NatProfile out = make_profile(apdm, apdf, PreservingOverloading);
  out.udp_lifetime = 30s;
  out.udp_two_way_lifetime = 120s;
  out.refresh = Refresh::Both;
  out.icmp_lifetime = 30s;
  out.tcp_lifetime = 432'000s;
  out.tcp_transitory_lifetime = 120s;
  return out;
}

NatProfile with(NatProfile profile, void (*change)(NatProfile&)) {
  change(profile);
  return profile;
}

void add_linux(std::vector<Row>& table) {
  constexpr std::string_view conntrack =
      "Linux since 5.0: nf_conntrack_proto_udp.c (commit d535c8a69c19), nf_nat_core.c";
  const NatProfile masquerade = linux_masquerade();
  const auto random = [](NatProfile& p) { p.allocation = Random; };
  table.push_back({named("linux-masquerade", masquerade), conntrack});
  table.push_back({named("linux-random", with(masquerade, random)), conntrack});
  table.push_back({named("linux-fully-random", with(masquerade, random)), conntrack});
  table.push_back({named("linux-4", with(masquerade,
                                         [](NatProfile& p) {
                                           p.udp_answered_lifetime = 180s;
                                           p.udp_two_way_lifetime = 180s;
                                         })),
                   "Linux 4: nf_conntrack_proto_udp.c: any answer makes a stream"});
  table.push_back({named("openwrt", with(masquerade,
                                         [](NatProfile& p) {
                                           p.udp_lifetime = 60s;
                                           p.udp_two_way_lifetime = 180s;
                                         })),
                   "OpenWrt's nf_conntrack_udp_timeout 60 s; that of a stream is assumed"});
  table.push_back({named("docker-bridge", masquerade), "Docker's MASQUERADE rule on its bridge: Linux's own timers"});
  table.push_back({named("dual-stack-home", with(masquerade, [](NatProfile& p) { p.ipv6 = Ipv6Service::Firewall; })),
                   "as linux-masquerade; IPv6 as RFC 6092 recommends"});
  table.push_back(
      {named("poisoned-router", with(masquerade, [](NatProfile& p) { p.unsolicited = Unsolicited::AcceptWithState; })),
       "a Linux router whose input chain accepts or rejects: conntrack keeps the unasked flow for 30 s"});
}

void add_other_systems(std::vector<Row>& table) {
  table.push_back(
      {named("pf", with(make_profile(apdm, apdf, Random),
                        [](NatProfile& p) {
                          p.first_port = 50001;
                          p.udp_first_lifetime = 60s;
                          p.udp_lifetime = 30s;
                          p.udp_answered_lifetime = 60s;
                          p.refresh = Refresh::Both;
                        })),
       "BSD pf: pfvar.h (first 60 s, single 30 s); multiple 60 s and ports from 50001 as documented in pf.conf"});
  table.push_back(
      {named("windows-netnat", with(make_profile(eim, adf, Preserving),
                                    [](NatProfile& p) {
                                      p.udp_lifetime = 120s;
                                      p.tcp_lifetime = 1800s;
                                      p.tcp_transitory_lifetime = 120s;
                                      p.icmp_lifetime = 30s;
                                    })),
       "Get-NetNat: timers, inbound refresh off, address-dependent filtering; mapping and ports are assumed"});
  table.push_back({named("cisco-ios", with(make_profile(apdm, apdf, PreservingOverloading),
                                           [](NatProfile& p) {
                                             p.keep_port_range = true;
                                             p.udp_lifetime = 300s;
                                             p.tcp_lifetime = 86'400s;
                                             p.tcp_transitory_lifetime = 60s;
                                             p.icmp_lifetime = 60s;
                                             p.refresh = Refresh::Both;
                                           })),
                   "Cisco IOS command reference, ip nat translation: timers; the rest of overload is assumed"});
}

void add_carriers(std::vector<Row>& table) {
  table.push_back({named("port-block-carrier", with(make_profile(eim, eif, Block),
                                                    [](NatProfile& p) {
                                                      p.block_size = 2048;
                                                      p.ports_per_host = 2048;
                                                      p.udp_lifetime = 300s;
                                                      p.hairpin = Hairpin::ExternalSource;
                                                    })),
                   "RFC 6888, RFC 7422: a block of 2,048 ports a subscriber; 300 s as Fortinet's carrier NAT"});
  table.push_back({named("aws-nat-gateway", with(make_profile(apdm, apdf, Random),
                                                 [](NatProfile& p) {
                                                   p.udp_lifetime = 350s;
                                                   p.tcp_lifetime = 350s;
                                                   p.refresh = Refresh::Both;
                                                 })),
                   "AWS NAT gateway: 350 s idle; behaviours are assumed"});
  table.push_back({named("google-cloud-nat", with(make_profile(apdm, apdf, Block),
                                                  [](NatProfile& p) {
                                                    p.block_size = 64;
                                                    p.ports_per_host = 64;
                                                    p.udp_lifetime = 30s;
                                                    p.tcp_lifetime = 1200s;
                                                    p.tcp_transitory_lifetime = 30s;
                                                    p.icmp_lifetime = 30s;
                                                  })),
                   "Google Cloud NAT: 30 s, 1,200 s, 64 ports a machine; behaviours are assumed"});
  table.push_back({named("azure-nat-gateway", with(make_profile(apdm, apdf, Random),
                                                   [](NatProfile& p) {
                                                     p.udp_lifetime = 240s;
                                                     p.tcp_lifetime = 240s;
                                                     p.refresh = Refresh::Both;
                                                   })),
                   "Azure NAT gateway: 240 s idle; behaviours are assumed"});
  table.push_back(
      {named("nat64", with(make_profile(eim, apdf, Random), [](NatProfile& p) { p.ipv6 = Ipv6Service::Nat64; })),
       "RFC 6146, 64:ff9b::/96"});
  table.push_back(
      {named("nptv6", with(make_profile(eim, eif, Preserving), [](NatProfile& p) { p.ipv6 = Ipv6Service::Nptv6; })),
       "RFC 6296"});
}

void add_foreign(std::vector<Row>& table) {
  for (const auto& [profile, source] : foreign_profiles()) table.push_back({profile, source});
}

const std::vector<Row>& rows() {
  static const std::vector<Row> table = [] {
    std::vector<Row> out;
    for (const auto add : {add_grid, add_classic_names, add_linux, add_other_systems, add_carriers, add_foreign}) {
      add(out);
    }
    return out;
  }();
  return table;
}

}  // namespace

std::span<const NatProfile> grid_profiles() {
  static const std::vector<NatProfile> grid = make_grid();
  return grid;
}

std::vector<NatProfile> grid_profiles(net::PortAllocation allocation) {
  const auto grid = grid_profiles();
  std::vector<NatProfile> out(grid.begin(), grid.end());
  std::erase_if(out, [allocation](const NatProfile& kind) { return kind.allocation != allocation; });
  return out;
}

std::span<const NatProfile> all_profiles() {
  static const std::vector<NatProfile> profiles = [] {
    std::vector<NatProfile> out;
    for (const Row& row : rows()) out.push_back(row.profile);
    return out;
  }();
  return profiles;
}

std::optional<NatProfile> find_profile(std::string_view name) {
  const auto found = std::ranges::find(all_profiles(), name, &NatProfile::name);
  if (found == all_profiles().end()) return std::nullopt;
  return *found;
}

std::string_view source_of(std::string_view profile_name) {
  const auto found = std::ranges::find(rows(), profile_name, [](const Row& row) { return row.profile.name; });
  return found == rows().end() ? std::string_view{} : found->source;
}

}  // namespace lab
