#include "probe/assist_question.h"

#include <algorithm>
#include <utility>

namespace probe {
namespace {

constexpr std::array<std::pair<AssistAct, std::string_view>, 4> assist_acts = {
    {{AssistAct::Greet, "greet"}, {AssistAct::Ask, "ask"}, {AssistAct::Prove, "prove"}, {AssistAct::Send, "send"}}};

}  // namespace

std::string_view to_string(AssistAct act) {
  return std::find_if(assist_acts.begin(), assist_acts.end(), [act](const auto& row) { return row.first == act; })->second;
}

std::optional<AssistAct> parse_assist_act(std::string_view word) {
  const auto found =
      std::find_if(assist_acts.begin(), assist_acts.end(), [word](const auto& row) { return row.second == word; });
  return found == assist_acts.end() ? std::nullopt : std::optional(found->first);
}

}  // namespace probe
