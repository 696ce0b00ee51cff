#include "lab/event.h"

#include <algorithm>
#include <array>

namespace lab {
namespace {

constexpr std::array<std::string_view, 2> phases = {"probed", "registered"};
constexpr std::array<std::string_view, 9> actions = {"flush", "reboot",  "readdress", "cut",   "mend",
                                                     "kill",  "restart", "suspend",   "resume"};
constexpr std::array<std::string_view, 3> kinds = {"nat", "link", "program"};

template <typename Value, std::size_t Size>
std::optional<Value> find_word(const std::array<std::string_view, Size>& words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Value>(found - words.begin());
}

}  // namespace

TargetKind target_kind(Action action) {
  if (action <= Action::Readdress) return TargetKind::Nat;
  return action <= Action::Mend ? TargetKind::Link : TargetKind::Program;
}

ProgramName program_name(std::string_view text) {
  const std::size_t blank = std::min(text.find(' '), text.size());
  return {std::string(text.substr(0, blank)), std::string(text.substr(std::min(blank + 1, text.size())))};
}

std::string_view to_string(Phase phase) { return phases[static_cast<std::size_t>(phase)]; }
std::string_view to_string(Action action) { return actions[static_cast<std::size_t>(action)]; }
std::string_view to_string(TargetKind kind) { return kinds[static_cast<std::size_t>(kind)]; }
std::optional<Phase> parse_phase(std::string_view word) { return find_word<Phase>(phases, word); }
std::optional<Action> parse_action(std::string_view word) { return find_word<Action>(actions, word); }

}  // namespace lab
