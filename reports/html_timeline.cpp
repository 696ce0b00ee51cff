// What both hosts of a pair did, on one axis of time that runs down: a lane each, rendezvous and reflectors across
// both, and at the end the step that is missing where they did not connect.

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <set>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Attempt;
using traversal::Outcome;
using traversal::PairOutcome;
using traversal::Step;
using traversal::TimelineEvent;
using traversal::Witness;

// In the order of Step; where there is another end it stands behind.
struct StepWords {
  std::string_view tone;  // empty: as it has to be
  std::string_view words;
  std::string_view preposition;
};
constexpr std::array<StepWords, 11> timeline_words = {{
    {"", "sees a punch socket", "at"},
    {"", "tells both to begin", ""},
    {"", "sends its first check", "to"},
    {"", "hears the other", "from"},
    {"", "has its check answered", "by"},
    {"good", "proves a path", "to"},
    {"bad", "is told that nobody is", "at"},
    {"bad", "stops: the other is gone", ""},
    {"bad", "gives up: time is over", ""},
    {"good", "finds that the path held", ""},
    {"bad", "finds that the path is lost", ""},
}};

std::string_view lane_of(Witness by) {
  const bool host = by == Witness::A || by == Witness::B;
  return host ? traversal::to_string(by) : "both";
}

std::string timeline_row(std::string_view lane, std::string_view tone, std::string_view time,
                         const std::string& words) {
  return fmt::format("<li class=\"{}{}{}\"><b>{}</b>{}</li>\n", lane, tone.empty() ? "" : " ", tone, time, words);
}

std::string event_row(const TimelineEvent& told) {
  const auto& [at, step, where] = told.event;
  const auto& [tone, words, preposition] = timeline_words[static_cast<std::size_t>(step)];
  const std::string_view lane = lane_of(told.by);
  std::string out = lane == "both" ? fmt::format("{} {}", traversal::to_string(told.by), words) : std::string(words);
  if (where) out += fmt::format(" {} {}", preposition, net::to_string(*where));
  return timeline_row(lane, tone, fmt::format("{:.1f}", net::to_ms(at)), html_escaped(out));
}

// ---- what is missing -----------------------------------------------------------------------------------------------

bool saw(const Attempt& attempt, Witness by, Step step) {
  return std::ranges::any_of(attempt.timeline,
                             [&](const TimelineEvent& told) { return told.by == by && told.event.step == step; });
}

// As traversal/half.h says it in words: the first step that did not happen, on the side where it should have.
std::string missing_rows(const Attempt& attempt, const std::string& a, const std::string& b) {
  if (attempt.outcome != Outcome::Failed && attempt.outcome != Outcome::OneWay) return {};
  const bool heard = saw(attempt, Witness::A, Step::Heard) && saw(attempt, Witness::B, Step::Heard);
  const auto missing = [&](Witness by, const std::string& other) {
    if (saw(attempt, by, heard ? Step::Proven : Step::Heard)) return std::string();
    const std::string words = fmt::format("✕ no {} of {} came", heard ? "answer" : "check", other);
    return timeline_row(lane_of(by), "missing bad", "never", html_escaped(words));
  };
  return missing(Witness::A, b) + missing(Witness::B, a);
}

// ---- the attempts that are told ------------------------------------------------------------------------------------

// Trials repeat themselves: of each strategy the first that came out so.
std::vector<const Attempt*> telling(const std::vector<Attempt>& attempts) {
  std::vector<const Attempt*> out;
  std::set<std::pair<std::string, Outcome>> seen;
  for (const Attempt& attempt : attempts) {
    if (!attempt.timeline.empty() && seen.emplace(attempt.strategy, attempt.outcome).second) out.push_back(&attempt);
  }
  return out;
}

std::string timeline(const PairOutcome& pair, const Attempt& attempt) {
  std::string rows = fmt::format("<li class=\"lanes\"><b>ms</b><span>{}</span><span>{}</span></li>\n",
                                 html_escaped(pair.a), html_escaped(pair.b));
  for (const TimelineEvent& told : attempt.timeline) rows += event_row(told);
  rows += missing_rows(attempt, pair.a, pair.b);
  return fmt::format(R"(<h4>What each did: {}, trial {} <span class="mark {}">{} {}</span></h4>
<ol class="timeline">
{}</ol>
)",
                     html_escaped(attempt.strategy), attempt.trial, look(attempt.outcome).tone,
                     look(attempt.outcome).symbol, plain(attempt.outcome), rows);
}

}  // namespace

std::string timelines(const PairOutcome& pair) {
  std::string out;
  for (const Attempt* attempt : telling(pair.attempts)) out += timeline(pair, *attempt);
  return out;
}

}  // namespace reports
