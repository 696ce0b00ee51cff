#pragma once
// Who stands behind what, and what is expected to come of it: one value for the simulator and for real packets.
// lab/scenario_file.h reads it from JSON. Names are 1 to 64 letters, digits, dots, dashes, underscores.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lab/event.h"
#include "lab/link.h"
#include "lab/nat_profile.h"
#include "lab/network.h"
#include "lab/prefix.h"
#include "net/endpoint.h"
#include "net/nat64.h"
#include "net/nat_behavior.h"

namespace lab {

// What is given to a thing that has no addresses of its own: one of IPv4, one of IPv6, or one of each.
enum class Families : std::uint8_t { V4, V6, Dual };

struct ScenarioLink {
  LinkProfile up;    // towards the core
  LinkProfile down;  // from it

  ScenarioLink() = default;
  ScenarioLink(const LinkProfile& both_ways) : up(both_ways), down(both_ways) {}
  ScenarioLink(const LinkProfile& up_way, const LinkProfile& down_way) : up(up_way), down(down_way) {}

  friend bool operator==(const ScenarioLink&, const ScenarioLink&) = default;
};

struct ScenarioNat {
  std::string name;
  NatProfile profile;
  std::string behind;                     // another NAT; empty: the core
  std::vector<net::IpAddress> addresses;  // external; assigned when empty. A firewall has none
  std::optional<ScenarioLink> link;       // the scenario's default when empty
  std::vector<net::IpAddress> inside;     // its own on the LAN; assigned when empty. A firewall has none
  std::optional<Prefix> inside_prefix;    // what IPv4 addresses inside are assigned from: 100.64.0.0/10 of a carrier
  std::optional<PrefixPair> prefixes;     // of NPTv6; assigned when empty
  std::optional<net::Nat64Prefix> nat64_prefix;  // of NAT64; 64:ff9b::/96 when empty

  friend bool operator==(const ScenarioNat&, const ScenarioNat&) = default;
};

// Where packets are real something else than the model stands there.
[[nodiscard]] inline bool is_attached(const ScenarioNat& nat) {
  return nat.profile.implementation != Implementation::Model;
}

struct ScenarioInterface {
  std::string behind;                     // a NAT or firewall; empty: the core
  std::vector<net::IpAddress> addresses;  // assigned when empty
  std::optional<ScenarioLink> link;       // default: behind a NAT an ideal link, else the scenario's

  friend bool operator==(const ScenarioInterface&, const ScenarioInterface&) = default;
};

struct ScenarioHost {  // its own fields are the first interface: programs use that one if not told otherwise
  std::string name;
  std::string behind;
  std::vector<net::IpAddress> addresses;
  std::optional<ScenarioLink> link;
  std::vector<ScenarioInterface> interfaces;  // further ones

  friend bool operator==(const ScenarioHost&, const ScenarioHost&) = default;
};

struct ScenarioReflector {
  std::string name;
  std::vector<net::IpAddress> addresses;            // at most one of a family
  std::optional<net::IpAddress> alternate_address;  // the classic RFC 5780 set-up: one host, two addresses
  std::string partner;                              // another reflector, which names this one; empty: none
  std::optional<ScenarioLink> link;

  friend bool operator==(const ScenarioReflector&, const ScenarioReflector&) = default;
};

struct ExpectedHost {  // fields that are empty are not compared
  std::string host;
  std::optional<net::NatClass> nat_class;
  std::optional<net::MappingBehavior> mapping;
  std::optional<net::FilteringBehavior> filtering;
  std::optional<net::ClassicName> rfc3489;

  friend bool operator==(const ExpectedHost&, const ExpectedHost&) = default;
};

struct ExpectedPair {
  std::string a;
  std::string b;
  std::string outcome;  // a word of the matrix document: direct, asymmetric, one-way, failed, not-run

  friend bool operator==(const ExpectedPair&, const ExpectedPair&) = default;
};

struct Scenario {
  std::string name;
  std::string description;
  std::uint64_t seed = 1;
  Families family = Families::V4;
  ScenarioLink link;  // default of every link to the core
  std::vector<ScenarioReflector> reflectors;
  std::vector<ScenarioNat> nats;
  std::vector<ScenarioHost> hosts;
  bool rendezvous = false;
  unsigned trials = 1;
  std::vector<std::string> strategies;       // empty: natpunch's default
  bool sprays = false;                       // the rendezvous has a token, so that it asks for searches
  std::vector<ExpectedHost> expected_hosts;  // a host that is not named is expected as theory() says
  std::vector<ExpectedPair> expected_pairs;  // a pair that is not named is expected as the prediction says
  std::vector<ScenarioEvent> events;

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// Empty when all names, addresses and expectations fit together; else what does not, and where:
// "hosts[2].behind: no NAT is named 'x'".
[[nodiscard]] std::optional<std::string> contradiction(const Scenario& scenario);

// All interfaces of the host, the first included.
[[nodiscard]] std::vector<ScenarioInterface> interfaces_of(const ScenarioHost& host);

// What a prober on this host must conclude: of the NATs on its way, the most dependent mapping and the strictest
// filter.
[[nodiscard]] net::NatBehavior theory(const Scenario& scenario, std::string_view host);

// ---- where everything stands ---------------------------------------------------------------------------------------

struct Placed {
  std::optional<NodeId> node;  // empty: behind a kernel NAT that is attached as a host
  std::vector<net::IpAddress> addresses;
};

struct Layout {
  Network network;
  std::unordered_map<std::string, Placed> hosts;                    // the first interface of each
  std::unordered_map<std::string, std::vector<Placed>> interfaces;  // the further ones, of hosts that have any
  std::unordered_map<std::string, Placed> reflectors;
  std::unordered_map<std::string, Placed> nats;  // addresses: external ones
  std::optional<Placed> rendezvous;
};

// Model: a profile of a kernel NAT runs as its model, and a host with several interfaces is one host of the network.
// Attach: as real packets need it. A kernel NAT stands in the network as a host that has the external address, because
// a real kernel with the hosts behind it is attached there; every interface is a host of its own.
enum class KernelNats : std::uint8_t { Model, Attach };

// Lays the scenario out, which must have no contradiction(). Addresses that are not given (n: the NAT's number in the
// list, from 1, in IPv6 in hexadecimal):
//
//   reflectors             198.51.100.1 on   2001:db8:0:1::1 on
//   rendezvous             198.51.100.100    2001:db8:0:1::64
//   NATs                   203.0.113.1 on    2001:db8:0:2::1 on
//   hosts in the open      192.0.2.1 on      2001:db8:0:3::1 on
//   inside the n-th NAT    10.0.n.2 on       fd00:0:0:n::2 on; 2001:db8:1:n::2 on where it is IPv6's firewall or NAT64
//
// The NAT's own address inside ends in 1. With an `inside_prefix` of at most 16 bits n is the third byte, as above;
// with a longer one addresses begin at its start. NPTv6 translates fd00:0:0:n::/64 to 2001:db8:1:n::/64, or as
// `prefixes` has it. Behind a firewall addresses are those of outside. A kernel NAT and what is behind it have one
// family: IPv4 where the scenario has both.
[[nodiscard]] Layout build(const Scenario& scenario, KernelNats kernel_nats = KernelNats::Model);

// ---- how hosts reach what stands in the open -----------------------------------------------------------------------

// Nat64: by IPv6, at the address that stands for the IPv4 one (RFC 6052: 64:ff9b::198.51.100.1, or under the prefix of
// the NAT64 that the host is behind).
enum class Reach : std::uint8_t { V4, V6, Nat64 };

// IPv4 where both have it; a host that has only IPv6 goes through a NAT64 that it is behind. Empty: they share no
// family. `what`: the families of the addresses to be reached.
struct HasFamilies {
  bool v4 = false;
  bool v6 = false;
};
[[nodiscard]] std::optional<Reach> reach_of(const Scenario& scenario, std::string_view host, HasFamilies what);

// Of a thing behind this NAT (empty: in the open) to which these addresses were given, or none.
[[nodiscard]] HasFamilies families_at(const Scenario& scenario, const std::string& behind,
                                      const std::vector<net::IpAddress>& addresses);
[[nodiscard]] HasFamilies families_of_reflectors(const Scenario& scenario);  // those that all of them have
[[nodiscard]] HasFamilies families_of_rendezvous(const Scenario& scenario);  // it listens on one

// Under which prefix a host reaches IPv4 through the NAT64 it is behind; 64:ff9b::/96 where it is behind none.
[[nodiscard]] net::Nat64Prefix nat64_prefix_of(const Scenario& scenario, std::string_view host);

// The one of these addresses that this way leads to.
[[nodiscard]] net::IpAddress address_by(Reach reach, const std::vector<net::IpAddress>& addresses,
                                        const net::Nat64Prefix& nat64 = net::well_known_nat64());

}  // namespace lab
