#pragma once
// A strategy turns what is known of both sides into a plan: which checks go where and when. Pure. A new one is a file
// with its plan and a line in the table of strategy.cpp.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/nat_behavior.h"
#include "net/random.h"
#include "net/time.h"
#include "traversal/candidate.h"
#include "traversal/families.h"
#include "traversal/port_pattern.h"
#include "traversal/side.h"

namespace traversal {

// One side of a pair.
struct Description {
  net::NatBehavior behavior;
  std::vector<Candidate> candidates;
  std::optional<PortPattern> ports;  // where its probe could tell
};

// The first candidate of this type.
[[nodiscard]] std::optional<net::Endpoint> find_candidate(const Description& side, CandidateType type);

struct PlannedCheck {
  net::Duration at{};  // from the common start
  net::Endpoint to;
  std::uint16_t socket = 0;         // from which of the plan's sockets; 0 is the one the rendezvous saw
  std::optional<std::uint8_t> ttl;  // hops, where not the system's own
  bool to_where_heard = false;      // once the other side was heard from elsewhere: there instead
  friend bool operator==(const PlannedCheck&, const PlannedCheck&) = default;
};

// An ordinary punch sends at most so many checks before the first authenticated answer.
inline constexpr unsigned most_checks_before_an_answer = 60;

struct Plan {
  std::vector<PlannedCheck> checks;  // ascending in time
  net::Duration length{};            // when to give up; after the last check
  std::uint16_t sockets = 1;
  unsigned most_checks = most_checks_before_an_answer;  // planned or triggered, before an answer
  bool search = false;  // each check goes somewhere else: what is found needs checks of its own, and ICMP errors end it
};

// What the rendezvous knows of a pair before anybody tries.
struct Pairing {
  PerSide<net::NatBehavior> behaviors;
  PerSide<std::optional<PortPattern>> ports;
  bool same_nat = false;
  PerSide<bool> tcp_only;  // it reaches the rendezvous over TCP alone: its UDP is blocked
  PerSide<Families> families;
  PerSide<bool> maps_ports;  // whether its router is known to map ports when asked (gateway/port_mapping.h)
};

struct Strategy {
  std::string_view name;
  Plan (*plan)(const Description& local, const Description& remote, net::Random& random);
  // Why it is of no use to this pair, ready to print; empty: it may be tried.
  std::string (*obstacle)(const Pairing& pair);
  net::Duration longest{};                            // length of its plans
  bool search = false;                                // its plans are searches, for which consent is stricter
  std::optional<CandidateType> needs = std::nullopt;  // of one side at least; each that can makes one first
  std::optional<net::Family> family = std::nullopt;   // the only one it is for
  bool tcp = false;                                   // its sockets are connections
};

[[nodiscard]] std::span<const Strategy> strategies();
[[nodiscard]] const Strategy* find_strategy(std::string_view name);

// Over which its attempts go for this pair; empty: over none.
[[nodiscard]] std::optional<net::Family> family_of(const Strategy& strategy, const Pairing& pair);
// Its own obstacle, or that the hosts have no address family in common.
[[nodiscard]] std::string obstacle_to(const Strategy& strategy, const Pairing& pair);

// What is worth a try, the best first, by both behaviours and port allocation: the next one on failure. Where nothing
// is, what has to be refused.
[[nodiscard]] std::vector<std::string> best_strategies(const Pairing& pair);

}  // namespace traversal
