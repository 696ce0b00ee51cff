// How outcomes, predictions and kinds of NAT look: a colour, and always a symbol or a word beside it.

#include <fmt/core.h>

#include <array>

#include "reports/html_parts.h"
#include "reports/matrix_summary.h"

namespace reports {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 6> outcome_tones = {"good", "fair", "fair", "bad", "idle", "idle"};
constexpr std::array<Look, 7> prediction_looks = {
    {{"good", "●"}, {"fair", "1"}, {"bad", "1+1"}, {"bad", "2"}, {"bad", "✕"}, {"idle", "="}, {"idle", "?"}}};
constexpr std::array<Look, 5> class_looks = {
    {{"good", "◆"}, {"fair", "▲"}, {"good", "○"}, {"bad", "✕"}, {"idle", "?"}}};

}  // namespace

Look look(traversal::Outcome outcome) { return {outcome_tones[static_cast<std::size_t>(outcome)], symbol(outcome)}; }
Look look(traversal::Prediction prediction) { return prediction_looks[static_cast<std::size_t>(prediction)]; }
Look look(net::NatClass nat_class) { return class_looks[static_cast<std::size_t>(nat_class)]; }

std::string badge(const Look& look, std::string_view text) {
  const std::string mark =
      look.symbol.empty() ? std::string() : fmt::format(R"(<span aria-hidden="true">{}</span>)", look.symbol);
  return fmt::format(R"(<span class="badge {}">{}{}</span>)", look.tone, mark, text);
}

std::string scroll_region(std::string_view label, std::string_view content, std::string_view classes) {
  return fmt::format(R"(<div class="scroll{}" tabindex="0" role="region" aria-label="{}">{}</div>)", classes, label,
                     content);
}

}  // namespace reports
