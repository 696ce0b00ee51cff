#include "traversal/matrix.h"

#include <algorithm>
#include <array>
#include <utility>

namespace traversal {
namespace {

template <typename Value, std::size_t Size>
using Words = std::array<std::pair<Value, std::string_view>, Size>;

constexpr Words<Prediction, 7> predictions = {{
    {Prediction::Direct, "direct"},
    {Prediction::Needs1Port, "needs-1-port"},
    {Prediction::Needs2PortsInTurn, "needs-2-ports-in-turn"},
    {Prediction::Needs2PortsJointly, "needs-2-ports-jointly"},
    {Prediction::Impossible, "impossible"},
    {Prediction::SameNat, "same-nat"},
    {Prediction::Unknown, "unknown"},
}};
constexpr Words<Outcome, 6> outcomes = {{
    {Outcome::Direct, "direct"},
    {Outcome::Asymmetric, "asymmetric"},
    {Outcome::OneWay, "one-way"},
    {Outcome::Failed, "failed"},
    {Outcome::AgentLost, "agent-lost"},
    {Outcome::NotRun, "not-run"},
}};

// The tables list every enumerator in its order.
template <typename Value, std::size_t Size>
std::string_view word_of(const Words<Value, Size>& words, Value value) {
  return words[static_cast<std::size_t>(value)].second;
}

template <typename Value, std::size_t Size>
std::optional<Value> value_of(const Words<Value, Size>& words, std::string_view word) {
  const auto* found = std::find_if(words.begin(), words.end(), [word](const auto& row) { return row.second == word; });
  return found == words.end() ? std::nullopt : std::optional(found->first);
}

bool needs_a_guess(Prediction prediction) {
  return prediction == Prediction::Needs1Port || prediction == Prediction::Needs2PortsInTurn ||
         prediction == Prediction::Needs2PortsJointly;
}

}  // namespace

std::string_view to_string(Prediction prediction) { return word_of(predictions, prediction); }
std::string_view to_string(Outcome outcome) { return word_of(outcomes, outcome); }
std::optional<Prediction> parse_prediction(std::string_view word) { return value_of(predictions, word); }
std::optional<Outcome> parse_outcome(std::string_view word) { return value_of(outcomes, word); }

bool connected(Outcome outcome) { return outcome == Outcome::Direct || outcome == Outcome::Asymmetric; }

bool disagrees(const PairOutcome& pair) {
  const bool tried = pair.outcome != Outcome::AgentLost && pair.outcome != Outcome::NotRun;
  if (pair.predicted == Prediction::Direct) return tried && !connected(pair.outcome);
  return needs_a_guess(pair.predicted) && connected(pair.outcome) && pair.strategy == "simultaneous-open";
}

}  // namespace traversal
