#pragma once
// How long an idle mapping lives (RFC 4787 REQ-5), as trials (probe/delayed_trials.h): each brings its mapping into one
// of three states and then hears nothing until its answer is due. All trials of the three states run side by side, so
// the whole map costs little more than the longest lifetime.

#include <array>

#include "probe/delayed_trials.h"

namespace probe {

// What the mapping saw before it fell idle. Boxes have a timer for each (Linux: 30, 30, 120 s).
enum class IdleState : std::uint8_t {
  OutboundOnly,  // requests, and no answer
  Answered,      // requests and their answers, within a moment
  TwoWay,        // the same, and again more than two seconds later
};
inline constexpr std::array idle_states = {IdleState::OutboundOnly, IdleState::Answered, IdleState::TwoWay};
[[nodiscard]] std::string_view to_string(IdleState state);  // "outbound_only"

// The lifetimes that are tried, in whole seconds, ascending: 5 to 421, at most two seconds or 8 % apart.
[[nodiscard]] std::span<const unsigned> lifetime_grid();

// Sockets, behind the controls'.
[[nodiscard]] std::uint32_t lifetime_socket(IdleState state, std::size_t trial);
inline constexpr std::size_t refresh_trials = 14;
[[nodiscard]] std::uint32_t inbound_refresh_socket();
[[nodiscard]] std::uint32_t outbound_refresh_socket(std::size_t trial);

[[nodiscard]] bool is_lifetime(const Observation& seen);
[[nodiscard]] TrialLog lifetime_log(const ObservationLog& log, net::Duration elapsed = {});

struct LifetimeEvidence {
  std::array<std::vector<DelayedTrial>, idle_states.size()> trials;  // by state, then as lifetime_grid()
  std::array<LifetimeBracket, idle_states.size()> brackets;
  TrialLoss loss;
  [[nodiscard]] const LifetimeBracket& of(IdleState state) const { return brackets[static_cast<std::size_t>(state)]; }
  [[nodiscard]] const std::vector<DelayedTrial>& trials_of(IdleState state) const {
    return trials[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] bool over() const;
};
[[nodiscard]] LifetimeEvidence lifetime_evidence(const TrialLog& log);

// No translation, and a stranger's packet came in: no state that could expire.
[[nodiscard]] bool nothing_expires(const ObservationLog& log);

// The longest a run of this discovery may take.
[[nodiscard]] net::Duration longest_lifetime_run();

}  // namespace probe
