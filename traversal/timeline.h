#pragma once
// The steps of one attempt, each with its moment: as one host saw them, and those of both hosts, the rendezvous and the
// reflectors on one line of time. The words are those of the JSON documents.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "net/endpoint.h"
#include "net/time.h"
#include "traversal/side.h"

namespace traversal {

enum class Step : std::uint8_t {
  Seen,         // the rendezvous or a reflector saw a punch socket, at `where`
  Started,      // the rendezvous told both sides to begin
  FirstCheck,   // this side's first check left
  Heard,        // the other side's first authentic packet came
  Answered,     // the first answer to an own check came
  Proven,       // check and answer used one path
  Unreachable,  // an ICMP error came for a check
  Stopped,      // the other side is gone
  TimeOver,     // the plan's time was over
  PathHeld,     // the path worked to the end of the hold
  PathLost,     // it did not
};

struct Event {
  net::Duration at{};  // a host's: from the common start
  Step step = Step::FirstCheck;
  std::optional<net::Endpoint> where;  // the other end
};

enum class Witness : std::uint8_t { A, B, Rendezvous, Reflector1, Reflector2 };

struct TimelineEvent {
  Witness by = Witness::Rendezvous;
  Event event;  // its time: since the rendezvous asked both to prepare
};

[[nodiscard]] constexpr Witness witness(Side side) { return side == Side::A ? Witness::A : Witness::B; }

[[nodiscard]] std::string_view to_string(Step step);        // "first-check"
[[nodiscard]] std::string_view to_string(Witness witness);  // "a", "b", "rendezvous", "reflector-1", ...
[[nodiscard]] std::optional<Step> parse_step(std::string_view word);
[[nodiscard]] std::optional<Witness> parse_witness(std::string_view word);

}  // namespace traversal
