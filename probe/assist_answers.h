#pragma once
// What was asked with the help of an assistant, and its answers as far as they have come, picked from the log.
//
//   greeting    how the assistant sees us
//   place       its socket 0 and one of ours each ask A:p and B:p': where it stands
//   hairpin     the same two sockets: it writes to our external endpoint, which a reflector has proven to be ours
//   collision   two sockets of one local port number, ours and one of its own: ours asks A:p, its B:p', its A:p, ours
//               B:p', ours A:p again. Its first question goes to another destination, so that a NAT that shares ports
//               has no reason not to
//   sequence    five of our sockets ask A:p one after the other, then by turns three of its sockets and one of ours

#include <optional>
#include <string>
#include <vector>

#include "probe/discovery.h"
#include "probe/filtering_evidence.h"

namespace probe {

namespace assist_own {  // our sockets
inline constexpr std::uint32_t control = sockets::assist;
inline constexpr std::uint32_t hairpin = sockets::assist + 1;
inline constexpr std::uint32_t collision = sockets::assist + 2;  // and up, one a try
inline constexpr std::uint32_t sequence = sockets::assist + 5;   // and up
}  // namespace assist_own
namespace assist_its {  // the assistant's
inline constexpr std::uint8_t hairpin = 0;
inline constexpr std::uint8_t collision = 1;  // and up, one a try
inline constexpr std::uint8_t sequence = 10;  // and up
}  // namespace assist_its
inline constexpr unsigned assist_collision_tries = 3;
inline constexpr unsigned assist_alone = 5;   // mappings of ours before its own
inline constexpr unsigned assist_rounds = 4;  // of three of its own and one of ours
inline constexpr unsigned assist_a_round = 3;

[[nodiscard]] Query assist_query(const net::Endpoint& assistant, const AssistQuestion& question);
[[nodiscard]] Query assist_greeting(const net::Endpoint& assistant);

// Nobody was asked; or the observation of the greeting.
[[nodiscard]] const Observation* assist_greeting(const ObservationLog& log);

// A:p, and B:p' where it may be asked.
[[nodiscard]] std::vector<net::Endpoint> assist_witnesses(const ObservationLog& log);
[[nodiscard]] std::vector<Query> assist_place_queries(const ObservationLog& log, const net::Endpoint& assistant);

// Where the assistant stands, seen from here.
struct AssistPlace {
  std::string word;  // a value of the finding `assistant`; empty: unknown
  std::string why;   // why unknown, or what qualifies it
  std::optional<net::Endpoint> external;  // the assistant's
  std::optional<unsigned> hops;           // routers between it and us
  std::vector<std::size_t> evidence;

  [[nodiscard]] bool same_nat() const { return word == "same-nat"; }
};
[[nodiscard]] AssistPlace assist_place(const ObservationLog& log);

// The steps of an order, each asked when the one before was answered. The same question twice is two steps.
using AssistPlan = std::vector<Query>;
[[nodiscard]] std::vector<const Observation*> assist_observations(const ObservationLog& log, const AssistPlan& plan);

// The collision: its latest try that was begun.
struct AssistCollision {
  AssistPlan plan;                        // as far as it can be told
  std::vector<const Observation*> seen;   // of each step; nullptr: not asked
  bool complete = false;
  bool no_port_kept = false;              // ours has another external port: nothing to collide about
  std::string why;                        // why it did not come about
};
[[nodiscard]] AssistCollision assist_collision(const ObservationLog& log);

// Whether the two hosts share an external endpoint; empty: not tried, or not known.
[[nodiscard]] std::optional<bool> assist_shares_a_port(const ObservationLog& log);
// Whether both mappings of a collision are independent of the destination; empty: not known.
[[nodiscard]] std::optional<bool> assist_independent_after_collision(const ObservationLog& log);

[[nodiscard]] AssistPlan assist_sequence_plan(const ObservationLog& log, const net::Endpoint& assistant);

// As the socket of the observation is seen from outside, whichever host it is on; empty: not answered.
[[nodiscard]] std::optional<net::Endpoint> assist_external(const Observation* seen);

// Of the questions the assistant answers at once: how many of our requests drew nothing.
[[nodiscard]] Loss assist_loss(const ObservationLog& log);

}  // namespace probe
