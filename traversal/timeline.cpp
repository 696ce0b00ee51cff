#include "traversal/timeline.h"

#include <algorithm>
#include <array>

namespace traversal {
namespace {

constexpr std::array<std::string_view, 11> step_words = {"seen",      "started",   "first-check", "heard",
                                                         "answered",  "proven",    "unreachable", "stopped",
                                                         "time-over", "path-held", "path-lost"};
constexpr std::array<std::string_view, 5> witness_words = {"a", "b", "rendezvous", "reflector-1", "reflector-2"};

template <typename Enum, std::size_t Size>
std::optional<Enum> find_enumerator(const std::array<std::string_view, Size>& words, std::string_view word) {
  const auto* found = std::find(words.begin(), words.end(), word);
  return found == words.end() ? std::nullopt : std::optional(static_cast<Enum>(found - words.begin()));
}

}  // namespace

std::string_view to_string(Step step) { return step_words[static_cast<std::size_t>(step)]; }
std::string_view to_string(Witness witness) { return witness_words[static_cast<std::size_t>(witness)]; }
std::optional<Step> parse_step(std::string_view word) { return find_enumerator<Step>(step_words, word); }
std::optional<Witness> parse_witness(std::string_view word) { return find_enumerator<Witness>(witness_words, word); }

}  // namespace traversal
