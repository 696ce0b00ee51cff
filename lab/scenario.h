#pragma once
// Who stands behind what, and what is expected to come of it: one value for the simulator and for real packets.
// lab/scenario_file.h reads it from JSON. Names are 1 to 64 letters, digits, dots, dashes, underscores.

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lab/link.h"
#include "lab/nat_profile.h"
#include "lab/network.h"
#include "net/endpoint.h"
#include "net/nat_behavior.h"

namespace lab {

struct ScenarioNat {
  std::string name;
  NatProfile profile;
  std::string behind;                     // another NAT; empty: the core
  std::optional<net::IpAddress> address;  // external; assigned when empty. A firewall has none
  std::optional<LinkProfile> link;        // both ways; the scenario's default when empty

  friend bool operator==(const ScenarioNat&, const ScenarioNat&) = default;
};

struct ScenarioHost {
  std::string name;
  std::string behind;  // a NAT or firewall; empty: the core
  std::optional<net::IpAddress> address;
  std::optional<LinkProfile> link;  // default: of hosts behind a NAT an ideal link, of others the scenario's

  friend bool operator==(const ScenarioHost&, const ScenarioHost&) = default;
};

struct ScenarioReflector {
  std::string name;
  std::optional<net::IpAddress> address;
  std::optional<net::IpAddress> alternate_address;  // the classic RFC 5780 set-up: one host, two addresses
  std::string partner;                              // another reflector, which names this one; empty: none
  std::optional<LinkProfile> link;

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
  LinkProfile link;  // default of every link to the core
  std::vector<ScenarioReflector> reflectors;
  std::vector<ScenarioNat> nats;
  std::vector<ScenarioHost> hosts;
  bool rendezvous = false;
  unsigned trials = 1;
  std::vector<std::string> strategies;       // empty: natpunch's default
  std::vector<ExpectedHost> expected_hosts;  // a host that is not named is expected as theory() says
  std::vector<ExpectedPair> expected_pairs;  // a pair that is not named is expected as the prediction says

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

// Empty when all names, addresses and expectations fit together; else what does not, and where:
// "hosts[2].behind: no NAT is named 'x'".
[[nodiscard]] std::optional<std::string> contradiction(const Scenario& scenario);

// What a prober on this host must conclude: of the NATs on its way, the most dependent mapping and the strictest
// filter.
[[nodiscard]] net::NatBehavior theory(const Scenario& scenario, std::string_view host);

// Where each named thing stands.
struct Placed {
  std::optional<NodeId> node;  // empty: behind a kernel NAT that is attached as a host
  std::vector<net::IpAddress> addresses;
};

struct Layout {
  Network network;
  std::unordered_map<std::string, Placed> hosts;
  std::unordered_map<std::string, Placed> reflectors;
  std::unordered_map<std::string, Placed> nats;  // addresses: external ones
  std::optional<Placed> rendezvous;
};

// Model: a profile of a kernel NAT runs as its model. Attach: it stands in the network as a host that has the external
// address, because a real kernel with the hosts behind it is attached there.
enum class KernelNats : std::uint8_t { Model, Attach };

// Lays the scenario out, which must have no contradiction(). Addresses that are not given: reflectors
// 198.51.100.1 on, rendezvous 198.51.100.100, NATs 203.0.113.1 on, hosts in the open or
// behind firewalls 192.0.2.1 on; inside the n-th NAT (from 1) 10.0.n.2 on, its gateway being 10.0.n.1.
[[nodiscard]] Layout build(const Scenario& scenario, KernelNats kernel_nats = KernelNats::Model);

}  // namespace lab
