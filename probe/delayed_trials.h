#pragma once
// Trials that wait: each has a socket of its own and asks for answers that the reflector holds back (DELAY); one is
// heard: the mapping lived that long. What is lost must not look expired (docs/protocol.md, "Proving that silence is
// filtering"): a trial asks for as many answers as the loss of the run demands, the reflector must confirm that it sent
// them, and the answer that confirms it comes through at the moment the silent ones were due. Each trial has its
// socket's number for a label in SENT-QUERY.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probe/discovery.h"
#include "probe/observation.h"

namespace probe {

// The observations of one discovery, by socket.
class TrialLog {
 public:
  // Its sockets are numbered from `first` on, that one is for the controls. `elapsed`: what is still awaited has been
  // awaited until then.
  TrialLog(const ObservationLog& log, std::string_view discovery, std::uint32_t first, net::Duration elapsed);

  [[nodiscard]] std::uint32_t control_socket() const { return first_; }
  [[nodiscard]] std::span<const std::size_t> of(std::uint32_t socket) const;
  [[nodiscard]] const Observation& operator[](std::size_t index) const { return log_[index]; }
  [[nodiscard]] const std::optional<net::Duration>& began() const { return began_; }
  [[nodiscard]] net::Duration now() const { return now_; }  // the latest moment it tells of
  [[nodiscard]] net::Duration patience() const { return patience_; }
  [[nodiscard]] bool given_up(const Observation& seen) const;  // it was awaited for long enough, in vain

  // Why this reflector cannot be asked for answers that wait; empty when nothing speaks against it.
  [[nodiscard]] std::string why_no_delays() const;

 private:
  const ObservationLog& log_;
  std::uint32_t first_;
  net::Duration elapsed_;
  net::Duration now_;
  net::Duration patience_;
  std::optional<net::Duration> began_;
  std::vector<std::vector<std::size_t>> by_socket_;
  unsigned delays_ = 0;
  std::vector<std::size_t> refused_;
  bool answered_early_ = false;
};

// What the network lost of the controls at the beginning. Estimates follow Laplace's rule of succession.
struct TrialLoss {
  unsigned asked = 0;
  unsigned answered = 0;
  unsigned replied = 0;  // as the reflector counted its replies; 0: not known

  [[nodiscard]] double round_trip() const { return (asked - answered + 1.0) / (asked + 2.0); }
  [[nodiscard]] double one_way() const {  // of replies; both ways where they are not counted
    return replied < answered ? round_trip() : (replied - answered + 1.0) / (replied + 2.0);
  }
};
[[nodiscard]] TrialLoss trial_loss(const TrialLog& log);

inline constexpr double expiry_wrong_at_most = 1e-4;  // chance of taking lost answers for an expired mapping
// How many answers a trial asks for at this loss: 3 to 10.
[[nodiscard]] unsigned answers_of_a_trial(const TrialLoss& loss);

// The confirmation of a silent answer must itself be heard: asked for not before it was due, and not longer after.
inline constexpr net::Duration control_window = std::chrono::milliseconds(300);

enum class TrialResult : std::uint8_t { Open, Alive, Silent, Void };

struct DelayedTrial {
  TrialResult result = TrialResult::Open;
  net::Duration idle{};    // between the last packet that went out and the answer; where silent, the delay
  net::Duration due{};     // of the last answer
  unsigned asked = 0;      // answers asked for
  unsigned answered = 0;   // of those
  unsigned confirmed = 0;  // as sent, of a silent one
  std::uint32_t socket = 0;
  std::vector<std::size_t> evidence;
};
// `prepared`: its mapping was there, and in the state that is to be tried.
[[nodiscard]] DelayedTrial trial_on(const TrialLog& log, std::uint32_t socket, bool prepared);
// When plain questions were answered on this socket, by their sending: the first and the last.
struct AnsweredTimes {
  net::Duration first;
  net::Duration last;
};
[[nodiscard]] std::optional<AnsweredTimes> answered_times(const TrialLog& log, std::uint32_t socket);

struct LifetimeBracket {
  bool decided = false;
  bool longer = false;      // alive in the longest trial
  bool exhausted = false;   // no trial can decide it any more
  net::Duration alive{};    // the mapping lived so long idle ...
  net::Duration expired{};  // ... and not so long
  unsigned safe = 0;        // the longest trial that was alive, in seconds; 0: none was
  double chance = 1;        // of the silence, had the mapping lived
  std::vector<std::size_t> evidence;
  [[nodiscard]] bool over() const { return decided || exhausted; }
};
// Of trials of ascending length: `lengths`, in seconds. `least_silent`: so many must have been silent.
[[nodiscard]] LifetimeBracket bracket(std::span<const DelayedTrial> trials, std::span<const unsigned> lengths,
                                      double loss, unsigned least_silent = 1);
// The reflector to ask: the first that gives return tokens, without which nothing is held back, else the first at all.
[[nodiscard]] const Observation* reflector_for_trials(const ObservationLog& log);

}  // namespace probe
