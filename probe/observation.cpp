#include "probe/observation.h"

#include <algorithm>
#include <array>
#include <utility>

namespace probe {
namespace {

constexpr std::array<std::pair<Outcome, std::string_view>, 9> words = {{
    {Outcome::Pending, "pending"},
    {Outcome::Answered, "answered"},
    {Outcome::Refused, "refused"},
    {Outcome::Unusable, "unusable"},
    {Outcome::WrongSource, "wrong-source"},
    {Outcome::Silence, "silence"},
    {Outcome::Unreachable, "unreachable"},
    {Outcome::NotSent, "not-sent"},
    {Outcome::Returned, "returned"},
}};

}  // namespace

std::string_view to_string(Outcome outcome) {
  const auto* row = std::find_if(words.begin(), words.end(), [&](const auto& word) { return word.first == outcome; });
  return row->second;
}

std::optional<Outcome> parse_outcome(std::string_view word) {
  const auto* row = std::find_if(words.begin(), words.end(), [&](const auto& entry) { return entry.second == word; });
  return row == words.end() ? std::nullopt : std::optional(row->first);
}

}  // namespace probe
