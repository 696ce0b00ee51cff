#pragma once
// A NAT as a value: two RFC 4787 behaviours and its settings, the knobs (lab/nat_knobs.h names each with the clause it
// stands for). lab/nat.h runs it, in memory and on real packets; lab/profiles.cpp has the table of named profiles that
// `natlab list` prints and scenario files name.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lab/packet.h"
#include "net/nat_behavior.h"
#include "net/time.h"

namespace lab {

// RFC 4787 section 6: whether an inside host reaches another one by its external endpoint, and whose address it shows.
enum class Hairpin : std::uint8_t { Off, ExternalSource, InternalSource };

// Whose filter state an inbound packet must meet: that of the mapping it arrives at, or that of any mapping of the
// inside endpoint, which is RFC 4787 section 5 to the letter.
enum class FilterState : std::uint8_t { PerMapping, PerInternalEndpoint };

// An endpoint-independent NAT whose wanted port is held by another host: the next free port serves every destination,
// or from then on each destination gets a port of its own.
enum class OnCollision : std::uint8_t { NextPort, BecomeDependent };

// RFC 4787 REQ-2, where there are several external addresses: an inside host keeps to one, or each mapping takes any.
enum class Pooling : std::uint8_t { Paired, Arbitrary };

// RFC 4787 REQ-6: which packets of a mapping start its time anew.
enum class Refresh : std::uint8_t { Outbound, Inbound, Both };

// An inbound packet that no mapping or filter lets in. AcceptWithState: the router takes it for itself and remembers
// the flow, so that an inside host's later mapping towards that remote cannot have the port (a fault that spoils
// punches).
enum class Unsolicited : std::uint8_t { Drop, Icmp, AcceptWithState };

// RFC 5382 REQ-4: the same for a TCP SYN.
enum class SynReaction : std::uint8_t { Drop, Reset, Icmp };

// RFC 5382 REQ-5: what a RST does to its connection's mapping.
enum class TcpReset : std::uint8_t { Ends, Transitory, Ignored };

// RFC 4787 REQ-14.
enum class Fragments : std::uint8_t { AnyOrder, InOrder, Drop };

// What becomes of IPv6 at a NAT that translates IPv4: the same translation (NAT66), a stateful firewall without
// translation (RFC 6092), a translated prefix (RFC 6296) behind the same firewall, or the way to IPv4 (RFC 6146).
enum class Ipv6Service : std::uint8_t { Nat66, Firewall, Nptv6, Nat64 };

// What stands in for the model where packets are real: NATs written elsewhere. In memory the model is used.
enum class Implementation : std::uint8_t {
  Model,
  KernelMasquerade,
  KernelRandom,
  KernelFullyRandom,
  KernelDnatMap,
  Slirp4netns,
  Pasta,
};

// External ports that lead to an inside host without having been asked for.
struct PortForward {
  Protocol protocol = Protocol::Udp;
  std::uint16_t first_port = 0;  // external
  std::uint16_t last_port = 0;
  net::Endpoint inside;  // of the first port; the others follow
  friend bool operator==(const PortForward&, const PortForward&) = default;
};

struct NatProfile {
  std::string name;
  net::MappingBehavior mapping = net::MappingBehavior::EndpointIndependent;  // None: a firewall, filtering only
  net::FilteringBehavior filtering = net::FilteringBehavior::AddressAndPortDependent;
  FilterState filter_state = FilterState::PerMapping;
  OnCollision on_collision = OnCollision::NextPort;
  bool udp_blocked = false;  // UDP is dropped both ways, TCP passes
  Ipv6Service ipv6 = Ipv6Service::Nat66;

  // ---- ports -------------------------------------------------------------------------------------------------------
  net::PortAllocation allocation = net::PortAllocation::Preserving;
  std::uint16_t step = 1;           // of sequential allocation, 1 to 1,000
  bool sequence_per_host = false;   // each inside host has a sequence of its own
  std::uint16_t block_size = 2048;  // of block allocation
  std::uint16_t first_port = 1024;  // the pool of external ports, both ends included
  std::uint16_t last_port = 65535;
  bool keep_parity = false;      // RFC 4787 REQ-4
  bool keep_port_range = false;  // RFC 4787 REQ-3: well-known ports (below 1024) are mapped to such
  Pooling pooling = Pooling::Paired;
  std::uint32_t ports_per_host = 0;  // RFC 6888 REQ-4; 0: no quota
  std::uint32_t table_size = 0;      // mappings; 0: no limit
  std::vector<PortForward> forwards;

  // ---- lifetimes: of a mapping, with its filter state
  // ----------------------------------------------------------------
  net::Duration udp_lifetime = std::chrono::seconds(120);     // RFC 4787 REQ-5; while only outbound packets were seen
  std::optional<net::Duration> udp_first_lifetime;            // while only one was; empty: the same
  std::optional<net::Duration> udp_answered_lifetime;         // once an inbound packet came; empty: udp_lifetime
  std::optional<net::Duration> udp_two_way_lifetime;          // once it lasts, both ways; empty: as answered
  net::Duration udp_two_way_after = std::chrono::seconds(2);  // so long it must have lasted
  net::Duration icmp_lifetime = std::chrono::seconds(60);     // RFC 5508 REQ-2
  net::Duration tcp_lifetime = std::chrono::seconds(7440);    // RFC 5382 REQ-5: established
  net::Duration tcp_transitory_lifetime = std::chrono::seconds(240);  // RFC 5382 REQ-5: opening, closing
  Refresh refresh = Refresh::Outbound;

  // ---- what is no ordinary packet
  // ------------------------------------------------------------------------------------
  Hairpin hairpin = Hairpin::Off;
  Unsolicited unsolicited = Unsolicited::Drop;
  net::Duration unsolicited_lifetime = std::chrono::seconds(30);  // of the state that AcceptWithState keeps
  std::optional<net::MappingBehavior> tcp_mapping;                // empty: as UDP
  std::optional<net::FilteringBehavior> tcp_filtering;
  SynReaction unsolicited_syn = SynReaction::Drop;
  TcpReset tcp_reset = TcpReset::Ends;
  bool icmp_queries = true;   // RFC 5508 REQ-1: translated, else dropped
  bool icmp_errors = true;    // RFC 5508 REQ-3, REQ-4
  bool time_exceeded = true;  // RFC 1812 section 5.3.1: answers a packet whose TTL ends here
  Fragments fragments = Fragments::AnyOrder;
  bool rewrites_payload = false;  // an application layer gateway: addresses in UDP data are translated too

  Implementation implementation = Implementation::Model;

  friend bool operator==(const NatProfile&, const NatProfile&) = default;
};

// Else it is a firewall: it filters, and has no addresses of its own.
[[nodiscard]] inline bool translates(const NatProfile& profile) {
  return profile.mapping != net::MappingBehavior::None;
}

// What the profile says of itself, and what a prober with one socket a question must conclude of it. They differ for
// preserving-overloading, whose mapping is endpoint-independent in effect while the port is free, and for blocked UDP.
[[nodiscard]] net::NatBehavior declared(const NatProfile& profile);
[[nodiscard]] net::NatBehavior observed_truth(const NatProfile& profile);

// A profile with its systematic name: "eim-apdf-random", "apdm-adf-sequential".
[[nodiscard]] NatProfile make_profile(net::MappingBehavior mapping, net::FilteringBehavior filtering,
                                      net::PortAllocation allocation);

// The nine kinds of mapping and filtering, each with preserving, sequential and random allocation: 27.
[[nodiscard]] std::span<const NatProfile> grid_profiles();
[[nodiscard]] std::vector<NatProfile> grid_profiles(net::PortAllocation allocation);  // nine of them

// The grid; then the RFC 3489 names, and real ones.
[[nodiscard]] std::span<const NatProfile> all_profiles();
[[nodiscard]] std::optional<NatProfile> find_profile(std::string_view name);
// Where a named profile's numbers come from; empty for the systematic ones.
[[nodiscard]] std::string_view source_of(std::string_view profile_name);

[[nodiscard]] std::string_view to_string(Implementation implementation);

}  // namespace lab
