#include "lab/foreign_profiles.h"

#include <array>
#include <vector>

namespace lab {
namespace {

using namespace std::chrono_literals;
using net::FilteringBehavior;
using net::MappingBehavior;
using net::PortAllocation;

constexpr auto conntrack =
    "Linux 6.18, nf_nat_core.c, nf_conntrack_proto_udp.c, nf_conntrack_proto_tcp.c; plain datagrams";

// What all of the kernel's NATs share. A flow is kept for 30 s, and once it was answered and lasts for 2 s, for 120 s.
NatProfile kernel_profile(Implementation implementation, PortAllocation allocation) {
  return {.mapping = MappingBehavior::AddressAndPortDependent,
          .filtering = FilteringBehavior::AddressAndPortDependent,
          .allocation = allocation,
          .keep_port_range = true,
          .udp_lifetime = 30s,
          .udp_two_way_lifetime = 120s,
          .icmp_lifetime = 30s,
          .tcp_lifetime = 120h,
          .tcp_transitory_lifetime = 120s,
          .refresh = Refresh::Both,
          .implementation = implementation};
}

// Every external port leads to the inside host, asked for or not; the other way the ports are kept.
NatProfile dnat_map() {
  NatProfile out = kernel_profile(Implementation::KernelDnatMap, PortAllocation::Preserving);
  out.mapping = MappingBehavior::EndpointIndependent;
  out.filtering = FilteringBehavior::EndpointIndependent;
  return out;
}

// Programs that open a socket of their own for every UDP socket inside: its port is the mapping, and it hears
// everybody. TCP ends in them: every connection goes on from a port of its own.
NatProfile socket_profile(Implementation implementation, PortAllocation allocation, net::Duration lifetime,
                          Refresh refresh) {
  return {.mapping = MappingBehavior::EndpointIndependent,
          .filtering = FilteringBehavior::EndpointIndependent,
          .allocation = allocation,
          .udp_lifetime = lifetime,
          .refresh = refresh,
          .hairpin = Hairpin::ExternalSource,
          .tcp_mapping = MappingBehavior::AddressAndPortDependent,
          .tcp_filtering = FilteringBehavior::AddressAndPortDependent,
          .implementation = implementation};
}

NatProfile slirp() {
  NatProfile out = socket_profile(Implementation::Slirp4netns, PortAllocation::Random, 240s, Refresh::Both);
  out.first_port = 32768;  // its sockets are bound to no port: net.ipv4.ip_local_port_range
  out.last_port = 60999;
  return out;
}

std::vector<ForeignProfile> foreign_table() {
  using enum PortAllocation;
  std::vector<ForeignProfile> table = {
      {kernel_profile(Implementation::KernelMasquerade, PreservingOverloading), conntrack},
      {kernel_profile(Implementation::KernelRandom, Random), conntrack},
      {kernel_profile(Implementation::KernelFullyRandom, Random), conntrack},
      {dnat_map(), conntrack},
      {slirp(), "slirp4netns 1.2.0 with libslirp 4.7.0, udp.h SO_EXPIRE; plain datagrams"},
      {socket_profile(Implementation::Pasta, Preserving, 180s, Refresh::Outbound),
       "passt 0.0~git20230309, udp.c UDP_CONN_TIMEOUT; plain datagrams"},
  };
  for (ForeignProfile& row : table) {
    const Implementation by = row.profile.implementation;
    row.profile.name = std::string(serves_one_host(by) ? "" : "kernel-").append(to_string(by));
  }
  return table;
}

}  // namespace

std::span<const ForeignProfile> foreign_profiles() {
  static const std::vector<ForeignProfile> table = foreign_table();
  return table;
}

std::string_view to_string(Implementation implementation) {
  constexpr std::array words = {"model", "masquerade", "random", "fully-random", "dnat-map", "slirp4netns", "pasta"};
  return words[static_cast<std::size_t>(implementation)];
}

bool serves_one_host(Implementation implementation) {
  return implementation == Implementation::Slirp4netns || implementation == Implementation::Pasta;
}

}  // namespace lab
