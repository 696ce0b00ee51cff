#include "probe/lifetime_finding.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "probe/lifetime_refresh.h"
#include "probe/lifetime_trials.h"
#include "probe/log_reading.h"

namespace probe {
namespace {

using namespace std::chrono_literals;

constexpr net::Duration clocks_may_differ = 2s;
constexpr double widest_bracket = 0.1;  // half of it, of its middle: what loss may blur
constexpr net::Duration widest_short = 1500ms;

double seconds_of(net::Duration duration) { return std::chrono::duration<double>(duration).count(); }

// By how much this host's clock and the reflector's ran apart during the run: requests tell both when they were sent
// and when they arrived. A host that slept has a clock that stood still.
net::Duration clocks_apart(const ObservationLog& log) {
  std::optional<net::Duration> least;
  std::optional<net::Duration> most;
  for (const Observation& seen : log) {
    if (!is_lifetime(seen) || !answered(seen) || !seen.arrival) continue;
    const net::Duration apart = std::chrono::microseconds(seen.arrival->microseconds) - seen.sent_at;
    least = std::min(least.value_or(apart), apart);
    most = std::max(most.value_or(apart), apart);
  }
  return least ? *most - *least : 0s;
}

std::string why_not_at_all(const ObservationLog& log) {
  if (nothing_expires(log)) return "nothing expires: there is neither a NAT nor a filter";
  if (std::string why = lifetime_log(log).why_no_delays(); !why.empty()) return why;
  const bool delayed = std::any_of(log.begin(), log.end(), [](const Observation& seen) {
    return is_lifetime(seen) && seen.query.delay.has_value();
  });
  if (!delayed) return "the reflector does not hold answers back: this needs natreflector";
  const net::Duration apart = clocks_apart(log);
  if (apart <= clocks_may_differ + patience(log)) return {};
  return fmt::format("the clock of this host or of the reflector moved by {:.0f} s during the run: was it suspended?",
                     seconds_of(apart));
}

bool too_wide(const LifetimeBracket& bracket) {
  const net::Duration half = (bracket.expired - bracket.alive) / 2;
  const net::Duration middle = (bracket.expired + bracket.alive) / 2;
  return half > std::max(widest_short, std::chrono::duration_cast<net::Duration>(middle * widest_bracket));
}

std::string in_words(IdleState state) {
  switch (state) {
    case IdleState::OutboundOnly: return "unanswered mappings";
    case IdleState::Answered: return "answered mappings";
    case IdleState::TwoWay: return "two-way mappings";
  }
  return {};
}

std::string why_no_bracket(IdleState state, const LifetimeEvidence& evidence) {
  const LifetimeBracket& bracket = evidence.of(state);
  const std::string of = in_words(state) + ": ";
  if (bracket.decided) {
    return of + fmt::format("between {:.0f} and {:.0f} s, more loss than the trials could bear",
                            seconds_of(bracket.alive), seconds_of(bracket.expired));
  }
  const auto& trials = evidence.trials_of(state);
  const auto lost = std::count_if(trials.begin(), trials.end(),
                                  [](const DelayedTrial& trial) { return trial.result == TrialResult::Void; });
  if (lost > 0) return of + fmt::format("{} trials failed, for loss, a limit, or want of a free port", lost);
  return of + "the run ended before it was known";
}

double middle_of(const LifetimeBracket& bracket) {
  if (bracket.longer) return bracket.safe;
  return std::round(5 * seconds_of(bracket.alive + bracket.expired)) / 10;
}

void sort_evidence(std::vector<std::size_t>& evidence) {
  std::sort(evidence.begin(), evidence.end());
  evidence.erase(std::unique(evidence.begin(), evidence.end()), evidence.end());
}

// Whether packets of a direction refresh; empty: not known.
std::optional<bool> refreshes(const RefreshQuestion& question, const RefreshQuestion& control, double loss) {
  if (question.early || !question.target || question.asked == 0) return std::nullopt;
  if (question.heard) return true;
  const bool same_address = control.target && control.target->mapped.address == question.target->mapped.address;
  const bool silent = !question.open && std::pow(loss, question.asked) <= expiry_wrong_at_most;
  return control.heard && same_address && silent ? std::optional(false) : std::nullopt;
}

std::string word_of(bool inbound, bool outbound) {
  if (inbound && outbound) return "both";
  return inbound ? "inbound" : "outbound";
}

}  // namespace

NamedFinding conclude_lifetime(const ObservationLog& log) {
  NamedFinding out{.name = "lifetime"};
  out.finding.why = why_not_at_all(log);
  if (!out.finding.why.empty()) return out;
  const LifetimeEvidence evidence = lifetime_evidence(lifetime_log(log));
  double chance = 0;
  double safe = lifetime_grid().back();
  for (const IdleState state : idle_states) {
    const LifetimeBracket& bracket = evidence.of(state);
    if (!bracket.decided || (!bracket.longer && too_wide(bracket))) {
      if (out.finding.why.empty()) out.finding.why = why_no_bracket(state, evidence);
      continue;
    }
    const std::string name(to_string(state));
    out.figures[name] = middle_of(bracket);
    if (bracket.longer) out.figures[name + "_or_longer"] = true;
    out.finding.evidence.insert(out.finding.evidence.end(), bracket.evidence.begin(), bracket.evidence.end());
    chance += bracket.chance;
    safe = std::min(safe, static_cast<double>(bracket.safe));
  }
  sort_evidence(out.finding.evidence);
  if (!out.finding.why.empty()) return out;
  if (safe < lifetime_grid().front()) {
    out.finding.why = fmt::format("shorter than the shortest trial, {} s", lifetime_grid().front());
    return out;
  }
  out.finding.value = safe;
  out.finding.confidence = 1 - chance;
  return out;
}

NamedFinding conclude_refresh(const ObservationLog& log) {
  NamedFinding out{.name = "refresh"};
  auto& [value, confidence, evidence, why] = out.finding;
  why = why_not_at_all(log);
  if (!why.empty()) return out;
  const TrialLog of_lifetime = lifetime_log(log);
  const LifetimeEvidence lifetimes = lifetime_evidence(of_lifetime);
  const LifetimeBracket& two_way = lifetimes.of(IdleState::TwoWay);
  if (!two_way.decided || two_way.longer) {
    why = two_way.longer ? "the lifetime is longer than what was tried"
                         : "the lifetime of a two-way mapping is not known";
    return out;
  }
  const RefreshEvidence asked = refresh_evidence(of_lifetime, two_way);
  for (const RefreshQuestion* question : asked.all()) {
    evidence.insert(evidence.end(), question->evidence.begin(), question->evidence.end());
  }
  sort_evidence(evidence);
  const auto inbound = refreshes(asked.by_inbound, asked.control, lifetimes.loss.one_way());
  const auto outbound = refreshes(asked.by_outbound, asked.control, lifetimes.loss.one_way());
  if (inbound) out.figures["inbound"] = *inbound;
  if (outbound) out.figures["outbound"] = *outbound;
  if (!inbound || !outbound) {
    why = asked.control.heard ? "a mapping to try was lost" : "the reflector does not answer elsewhere (RESPONSE-PORT)";
  } else if (!*inbound && !*outbound) {
    why = "no packet of either direction refreshed a mapping";
  } else {
    value = word_of(*inbound, *outbound);
    confidence = 1 - two_way.chance;
  }
  return out;
}

}  // namespace probe
