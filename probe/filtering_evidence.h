#pragma once
// What the log says about one filtering question: was a changed reply heard, or is its silence proven
// (docs/protocol.md, "Proving that silence is filtering")? Pure; the discovery asks on until this is settled, the
// finding rests on it.
//
// Each question has a socket S of its own that writes to nobody but the reflector's primary endpoint. Beside each
// request goes a control: CHANGE-REQUEST with clear flags from the same socket, labelled 0. Silence is filtering only
// when the promised sender, asked from another never-used socket, confirms enough replies sent.
//
// A reply that is heard must be heard again on a second socket: the system may hand out a local port that another
// program used before, and the NAT may still hold a door open that this program made. Where the second socket proves
// silence, the first was let in by such a door.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "probe/log_reading.h"
#include "probe/observation.h"

namespace probe {

struct FilteringQuestion {
  std::uint32_t label;  // in SENT-QUERY
  std::uint32_t socket;
  stun::ChangeRequest change;

  // The endpoint that sends the reply, and is asked how many it sent.
  [[nodiscard]] net::Endpoint sender(const ReflectorPair& pair) const {
    return change.change_address ? pair.other : pair.alternate_port();
  }
};

// RFC 5780 section 4.4: "change address and port", "change port"; and the same question from its second socket.
[[nodiscard]] const FilteringQuestion& from_stranger();
[[nodiscard]] const FilteringQuestion& from_other_port();
[[nodiscard]] const std::array<FilteringQuestion, 2>& filtering_questions();
[[nodiscard]] FilteringQuestion again(const FilteringQuestion& question);

inline constexpr std::uint32_t control_label = 0;
[[nodiscard]] bool is_control(const Observation& seen);

inline constexpr unsigned least_confirmed = 6;    // replies that must be confirmed as sent, where no loss was seen
inline constexpr unsigned most_confirmed = 20;    // where loss would demand more, nothing can be concluded
inline constexpr unsigned asks_unconfirmed = 20;  // of a server that does not confirm
inline constexpr unsigned control_round_trips = 20;
inline constexpr double wrong_at_most = 1e-6;  // chance of calling lost replies filtered

// The controls of a run so far.
struct Controls {
  unsigned sent = 0;
  unsigned answered = 0;
  net::Duration last_unanswered_at{};  // when the youngest of those without an answer was sent
  [[nodiscard]] bool all_answered() const { return answered == sent; }
};
[[nodiscard]] Controls controls(const ObservationLog& log);

// How many replies of this run the network lost: one way where the reflector counts what it sent, else both ways.
struct Loss {
  unsigned sent = 0;
  unsigned lost = 0;

  [[nodiscard]] double estimate() const;  // (lost + 1) / (sent + 2), Laplace's rule of succession
  [[nodiscard]] unsigned needed() const;  // confirmed replies that make silence proof; 6 where nothing was lost
};
[[nodiscard]] Loss loss(const ObservationLog& log);

// What happened to one question so far. Indices into the log.
struct Trial {
  std::vector<std::size_t> asked;
  std::optional<std::size_t> heard;         // the first reply from the promised sender
  std::optional<std::size_t> not_done;      // the first not sent, refused, or answered from elsewhere
  std::optional<std::size_t> sender_asked;  // the latest query to the sender how many it sent
  std::optional<std::size_t> confirmation;  // the latest of those that was answered
};
[[nodiscard]] Trial trial(const ObservationLog& log, const FilteringQuestion& question);

// Heard on both sockets: where both first replies are.
struct LetIn {
  std::size_t first;
  std::size_t again;
};
[[nodiscard]] std::optional<LetIn> let_in(const ObservationLog& log, const FilteringQuestion& question);

// The question whose silence decides: this one, or the same again where this one was heard.
[[nodiscard]] FilteringQuestion decisive(const ObservationLog& log, const FilteringQuestion& question);

// Whether the silence of this question is filtering, if it lasts until silence_must_last().
struct SilenceProof {
  bool proven = false;
  double confidence = 0;
  std::vector<std::size_t> evidence;
  std::string why;  // why not proven, or what qualifies the proof
};
[[nodiscard]] SilenceProof silence_proof(const ObservationLog& log, const FilteringQuestion& question);

// patience() beyond the confirmation: replies may arrive out of order. Only where there is a confirmation.
[[nodiscard]] net::Duration silence_must_last(const ObservationLog& log, const FilteringQuestion& question);

}  // namespace probe
