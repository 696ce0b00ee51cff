#pragma once
// How many NATs are on the way. A keep-alive with a TTL of k refreshes the mappings of those NATs alone that it passes:
// the NATs in front of hop k. So mappings are kept alive to hop 1, to hop 2, ... and tried after times of which some
// are longer than any lifetime. Where the keep-alives do not reach, the mapping ends with the shortest lifetime of the
// NATs beyond. A lifetime that grows with k and then is over: there was a NAT of a shorter lifetime in front, and one
// of a longer lifetime beyond. Needs no privileges.

#include "probe/delayed_trials.h"

namespace probe {

// What is asked with a small TTL at the beginning says who answers at each hop.
inline constexpr unsigned scanned_hops = 8;
[[nodiscard]] std::uint32_t scan_socket(unsigned ttl);

struct Hop {
  unsigned ttl = 0;
  std::optional<net::IpAddress> from;  // of its ICMP "time exceeded"
  std::size_t evidence = 0;
  bool before_nat64 = false;             // an IPv6 hop on the way to the NAT64 that leads to the reflector
  [[nodiscard]] bool in_public() const;  // beyond all NATs
};
struct HopPath {
  std::vector<Hop> hops;                    // that answered, ascending
  std::optional<unsigned> reflector_at;     // the least TTL that reaches the reflector
  std::optional<net::Endpoint> translated;  // what the reflector sees of a socket ...
  std::optional<net::Endpoint> local;       // ... and what it is here
  bool scanned = false;                     // everything that can answer had time to
  [[nodiscard]] const Hop* at(unsigned ttl) const;
  // No NAT stands behind the first hop of a public address; at least 1.
  [[nodiscard]] unsigned deepest_keep_alive() const;
};
[[nodiscard]] HopPath path_of(const TrialLog& log);

// The times that are tried, in seconds, ascending; by a factor of 1.4.
[[nodiscard]] std::span<const unsigned> layer_times();
inline constexpr unsigned most_keep_alive_ttl = 5;
[[nodiscard]] std::uint32_t layer_socket(unsigned ttl, std::size_t trial);

[[nodiscard]] TrialLog layers_log(const ObservationLog& log, net::Duration elapsed = {});

// What became of mappings kept alive to hop `ttl`.
struct LayerRow {
  unsigned ttl = 0;
  std::vector<DelayedTrial> trials;
  LifetimeBracket bracket;
};

struct TwoLayers {
  unsigned inner_reach = 0;  // the least TTL that keeps the inner NAT's mapping
  unsigned outer_reach = 0;  // ... and the outer one's
  double inner_lifetime = 0;
  double outer_lifetime = 0;
  double chance = 1;
  std::vector<std::size_t> evidence;
};

struct LayerEvidence {
  std::vector<LayerRow> rows;  // by TTL, ascending from 1
  TrialLoss loss;

  // Proven by lifetimes: of three rows the first ended, then the second, the third lived on.
  [[nodiscard]] std::optional<TwoLayers> two() const;
  // The least TTL that keeps all mappings, where a smaller one does not.
  [[nodiscard]] std::optional<unsigned> outer_reach() const;
  // Nothing to come changes what is known.
  [[nodiscard]] bool decided() const;
};
[[nodiscard]] LayerEvidence layer_evidence(const TrialLog& log, const HopPath& path);

[[nodiscard]] net::Duration longest_layers_run();

}  // namespace probe
