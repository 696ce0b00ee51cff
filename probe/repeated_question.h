#pragma once
// A question whose silence shall mean something is asked again and again, each time with a control beside it: a plain
// request that the same path must answer. Only repeats whose control came back count, so a network that fails, or a
// reflector that stops, proves nothing. How many are needed follows from the round trips this run lost
// (docs/protocol.md, "Proving that silence is filtering").

#include <optional>
#include <string>
#include <vector>

#include "probe/discovery.h"
#include "probe/filtering_evidence.h"
#include "probe/findings.h"

namespace probe {

// A transaction of a discovery, retransmitted until it is answered; and a control, sent once.
[[nodiscard]] Query plain_transaction(std::string_view discovery, std::uint32_t socket, const net::Endpoint& to);
[[nodiscard]] Query plain_control(std::string_view discovery, std::uint32_t socket, const net::Endpoint& to);

// Whether both ask the same of the same socket.
[[nodiscard]] bool same_question(const Query& one, const Query& other);

// The first time this was asked.
[[nodiscard]] const Observation* asked(const ObservationLog& log, const Query& query);

// Each asked once; finished when all are settled.
[[nodiscard]] Step ask_once(const RunSoFar& run, const std::vector<Query>& queries);

// What happened to one question so far. Indices into the log; the control of a repeat is the observation behind it.
struct Repeats {
  std::vector<std::size_t> asked;
  std::vector<std::size_t> counted;  // silent ones whose control came back
  std::optional<std::size_t> heard;  // the first that was answered, or returned
};
[[nodiscard]] Repeats repeats(const ObservationLog& log, const Query& question);

// Of all plain requests of the run to endpoints that answer: how many were sent, and how many drew no answer.
// Those that were not waited for long enough are left out.
[[nodiscard]] Loss round_trip_loss(const ObservationLog& log, net::Duration now);
[[nodiscard]] Loss round_trip_loss(const ObservationLog& log);  // of a run that is over

// So many silent repeats have a chance of wrong_at_most, where each is lost with this chance.
[[nodiscard]] unsigned repeats_needed(double chance_of_loss);

// Asks on until it is heard, until `needed` repeats count, or `most` were asked; then waits for stragglers.
struct Patience {
  unsigned needed;
  unsigned most;
};
[[nodiscard]] Step ask_repeatedly(const RunSoFar& run, const Query& question, const Query& control, Patience patience);

// Whether the silence of a question is proven.
struct RepeatedSilence {
  bool proven = false;
  double confidence = 0;
  std::vector<std::size_t> evidence;
  std::string why;  // why not proven
};
[[nodiscard]] RepeatedSilence repeated_silence(const ObservationLog& log, const Repeats& repeats,
                                               double chance_of_loss);

// Which reflector the questions about the path go to: the primary of the pair, or else the first that answered.
[[nodiscard]] std::optional<net::Endpoint> reflector_of_the_path(const RunSoFar& run);
[[nodiscard]] std::optional<net::Endpoint> reflector_of_the_path(const ObservationLog& log);

// A finding about the path, named so: what `conclude` makes of it where a reflector answered.
using PathConclusion = void (*)(NamedFinding& out, const ObservationLog& log, const net::Endpoint& reflector);
[[nodiscard]] NamedFinding conclude_of_path(std::string_view name, const ObservationLog& log, PathConclusion conclude);

// Ours give tokens, and take requests of up to largest_request bytes. How large those of a stock server may be is not
// known: its silence about a large one says nothing of the path.
inline constexpr std::uint16_t largest_request = 4'096;
[[nodiscard]] bool takes_large_requests(const ObservationLog& log, const net::Endpoint& reflector);

}  // namespace probe
