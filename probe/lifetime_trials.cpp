#include "probe/lifetime_trials.h"

#include <algorithm>
#include <cmath>

#include "probe/filtering_evidence.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr unsigned shortest_tried = 5;
constexpr unsigned longest_tried = 421;
constexpr unsigned least_step = 2;
constexpr double longest_step = 1.08;  // the middle of two neighbours is within 4 % of both

constexpr std::uint32_t first_outbound_refresh = 2;
constexpr std::uint32_t first_trial = 20;
constexpr std::uint32_t trials_of_a_state = 60;

std::vector<unsigned> make_grid() {
  std::vector<unsigned> out;
  for (unsigned seconds = shortest_tried; seconds <= longest_tried;) {
    out.push_back(seconds);
    seconds = std::max(seconds + least_step, static_cast<unsigned>(std::lround(seconds * longest_step)));
  }
  return out;
}

// Whether the mapping of this trial was there, and in its state.
bool in_state(const TrialLog& log, IdleState state, std::size_t number) {
  const auto answers = answered_times(log, lifetime_socket(state, number));
  switch (state) {
    case IdleState::OutboundOnly: return true;  // where the reflector has something to send, it was made
    case IdleState::Answered: return answers.has_value();
    case IdleState::TwoWay: return answers && answers->last - answers->first > 2s;
  }
  return false;
}

}  // namespace

std::string_view to_string(IdleState state) {
  constexpr std::array<std::string_view, idle_states.size()> names = {"outbound_only", "answered", "two_way"};
  return names[static_cast<std::size_t>(state)];
}

std::span<const unsigned> lifetime_grid() {
  static const std::vector<unsigned> grid = make_grid();
  return grid;
}

std::uint32_t inbound_refresh_socket() { return sockets::lifetime + 1; }
std::uint32_t outbound_refresh_socket(std::size_t trial) {
  return sockets::lifetime + first_outbound_refresh + static_cast<std::uint32_t>(trial);
}
std::uint32_t lifetime_socket(IdleState state, std::size_t trial) {
  return sockets::lifetime + first_trial + static_cast<std::uint32_t>(state) * trials_of_a_state +
         static_cast<std::uint32_t>(trial);
}

bool is_lifetime(const Observation& seen) { return seen.query.discovery == names::lifetime; }

TrialLog lifetime_log(const ObservationLog& log, net::Duration elapsed) {
  return {log, names::lifetime, sockets::lifetime, elapsed};
}

bool LifetimeEvidence::over() const {
  return std::all_of(brackets.begin(), brackets.end(), [](const LifetimeBracket& one) { return one.over(); });
}

LifetimeEvidence lifetime_evidence(const TrialLog& log) {
  LifetimeEvidence out;
  out.loss = trial_loss(log);
  for (const IdleState state : idle_states) {
    auto& trials = out.trials[static_cast<std::size_t>(state)];
    for (std::size_t i = 0; i < lifetime_grid().size(); ++i) {
      trials.push_back(trial_on(log, lifetime_socket(state, i), in_state(log, state, i)));
    }
  }
  for (std::size_t i = 0; i < out.trials.size(); ++i) {
    out.brackets[i] = bracket(out.trials[i], lifetime_grid(), out.loss.one_way());
  }
  return out;
}

bool nothing_expires(const ObservationLog& log) {
  const auto first = std::find_if(log.begin(), log.end(), [](const Observation& seen) {
    return is_connectivity(seen) && answered(seen) && seen.local;
  });
  return first != log.end() && first->local == first->mapped && let_in(log, from_stranger());
}

net::Duration longest_lifetime_run() { return std::chrono::seconds(longest_tried + 20); }

}  // namespace probe
