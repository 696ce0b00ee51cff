#pragma once
// Who is out there, as shares: kinds of NAT and how many hosts stand behind each, for planning past the hosts at hand.
// lab/population_file.h reads one from JSON; `natlab simulate` draws hosts from it. Pure; chance is an argument.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "lab/link.h"
#include "lab/nat_profile.h"
#include "net/nat_behavior.h"
#include "net/random.h"

namespace lab {

// The way from a NAT to the public core, or to its carrier's NAT. Its delay is drawn once for each NAT, uniformly.
struct AccessLink {
  net::Duration least_delay{};  // each way
  net::Duration most_delay{};
  net::Duration jitter{};
  double loss = 0;  // each way

  friend bool operator==(const AccessLink&, const AccessLink&) = default;
};

struct CarrierKind {  // a NAT that others stand behind (RFC 6888)
  std::string name;
  NatProfile profile;
  std::size_t nats_behind = 1;  // how many NATs of the population share one

  friend bool operator==(const CarrierKind&, const CarrierKind&) = default;
};

struct PopulationKind {
  std::string name;
  double share = 0;     // of the hosts
  NatProfile profile;   // no translation, no filter ("no-nat"): nothing of its own stands before the host
  std::string carrier;  // empty: none
  std::size_t hosts_per_nat = 1;
  std::optional<AccessLink> link;  // the population's when empty
  std::string source;              // of the share and the behaviour; empty: the population's text says it

  friend bool operator==(const PopulationKind&, const PopulationKind&) = default;
};

struct Population {
  std::string name;
  std::string source;   // where the numbers come from
  std::string assumed;  // what no source says
  AccessLink link;
  std::vector<CarrierKind> carriers;
  std::vector<PopulationKind> kinds;

  friend bool operator==(const Population&, const Population&) = default;
};

// Shares need not sum to exactly 1: thirds have no end.
inline constexpr double share_tolerance = 1e-6;

// Empty when all fits together; else what does not, and where: "kinds[2].carrier: no carrier is named 'x'".
[[nodiscard]] std::optional<std::string> contradiction(const Population& population);

// ---- drawing -------------------------------------------------------------------------------------------------------

struct DrawnCarrier {
  std::size_t kind = 0;  // of Population::carriers
};
struct DrawnNat {
  std::size_t kind = 0;  // of Population::kinds
  LinkProfile link;
  std::optional<std::size_t> carrier;  // of Sample::carriers
};
struct DrawnHost {
  std::size_t nat = 0;  // of Sample::nats
};

// Each host's kind is drawn on its own, by the shares; then NATs are filled one after the other with the hosts of their
// kind, and carriers' NATs with the NATs that stand behind such.
struct Sample {
  std::vector<DrawnHost> hosts;
  std::vector<DrawnNat> nats;
  std::vector<DrawnCarrier> carriers;
};
[[nodiscard]] Sample draw(const Population& population, std::size_t hosts, net::Random& random);

// What a prober on a host of this kind must conclude: of the NATs on its way the most dependent mapping and the
// strictest filter.
[[nodiscard]] net::NatBehavior behavior_of(const Population& population, const PopulationKind& kind);
[[nodiscard]] const CarrierKind* carrier_of(const Population& population, const PopulationKind& kind);

}  // namespace lab
