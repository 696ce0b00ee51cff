#include <fmt/core.h>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Attempt;
using traversal::PairOutcome;

// The others are laid out when they come into sight: reports/page/matrix.css counts to the same number.
constexpr std::size_t cards_laid_out = 11;

std::string direction_words(const PairOutcome& pair) {
  if (pair.direction.empty()) return {};
  const bool forward = pair.direction == "a-to-b";
  return html_escaped(fmt::format(" ({} reaches {})", forward ? pair.a : pair.b, forward ? pair.b : pair.a));
}

std::string agreement_badge(const PairOutcome& pair) {
  switch (agreement(pair)) {
    case Agreement::AsPredicted: return badge({"idle", "="}, "as theory predicts");
    case Agreement::Disagrees: return badge({"fair", "≠"}, "theory said otherwise");
    case Agreement::NotComparable: break;
  }
  return {};
}

std::string fact(std::string_view name, std::string_view value) {
  return value.empty() ? std::string() : fmt::format("<span>{} <b>{}</b></span>", name, html_escaped(value));
}

std::string facts(const PairOutcome& pair) {
  std::string out = R"(<p class="facts">)" + fact("theory:", plain(pair.predicted)) +
                    fact("trials:", fmt::format("{} of {} succeeded", pair.successes, pair.trials)) +
                    fact("strategy:", pair.strategy);
  if (pair.connect) {
    out += fact("time to connect:", fmt::format("{} (fastest {}, slowest {})", duration_words(pair.connect->median),
                                                duration_words(pair.connect->min), duration_words(pair.connect->max)));
  }
  return out + "</p>\n";
}

std::string attempt_row(const Attempt& attempt) {
  return fmt::format(
      R"(<tr><td class="number">{}</td><td>{}</td><td class="{}">{} {}</td><td class="number">{}</td><td)"
      R"( class="number">{} / {}</td><td>{}</td></tr>
)",
      attempt.trial, html_escaped(attempt.strategy), look(attempt.outcome).tone, look(attempt.outcome).symbol,
      plain(attempt.outcome), attempt.time_to_connect ? duration_words(*attempt.time_to_connect) : "–",
      attempt.packets_a, attempt.packets_b, html_escaped(attempt.why));
}

std::string attempts_table(const PairOutcome& pair) {
  std::string out = fmt::format(
      R"(<div class="scroll" tabindex="0" role="region" aria-label="Attempts"><table class="attempts">)"
      R"(<thead><tr><th scope="col" class="number">Trial</th><th scope="col">Strategy</th><th scope="col">Outcome</th>)"
      R"(<th scope="col" class="number">Time</th><th scope="col" class="number">Packets {} / {}</th><th)"
      R"( scope="col">Why</th></tr></thead><tbody>
)",
      html_escaped(pair.a), html_escaped(pair.b));
  for (const Attempt& attempt : pair.attempts) out += attempt_row(attempt);
  return out + "</tbody></table></div>\n";
}

// To a browser that runs the script, a text until the script wants it as elements (reports/page/page.js).
std::string folded(const std::string& content) { return "<noscript>" + content + "</noscript>"; }

std::string attempts(const PairOutcome& pair, const std::string& content) {
  if (pair.attempts.empty()) return {};
  return fmt::format("<details><summary>{} {}, and what each side did</summary>{}</details>\n", pair.attempts.size(),
                     pair.attempts.size() == 1 ? "attempt" : "attempts", content);
}

// Most of a page of 30 hosts is attempts, and closed; the next most is cards far below. A text in a text would end with
// the inner one, so in a card that is folded its attempts are not.
std::string pair_card(const PairOutcome& pair, const std::string& id, bool far_below) {
  const std::string told = attempts_table(pair) + timelines(pair);
  const std::string why = pair.why.empty() ? std::string()
                                           : fmt::format(R"(<p class="why">{}</p>
)",
                                                         html_escaped(pair.why));
  const std::string content = fmt::format(
      R"(<div class="title"><h3>{} – {}</h3><span>{} {}</span></div>
{}{}{})",
      html_escaped(pair.a), html_escaped(pair.b),
      badge(look(pair.outcome), std::string(plain(pair.outcome)) + direction_words(pair)), agreement_badge(pair),
      facts(pair), why, attempts(pair, far_below ? told : folded(told)));
  return fmt::format("<section class=\"card\" id=\"{}\">\n{}</section>\n", id, far_below ? folded(content) : content);
}

}  // namespace

std::string pair_cards(const MatrixView& view) {
  if (!view.has_pair_cards() || view.document.matrix.pairs.empty()) return {};
  std::string out = R"(<h2>Pair by pair</h2>
<div class="pairs">
)";
  const auto pairs = view.placed.pairs();
  std::size_t cards = 0;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i] != nullptr) out += pair_card(*pairs[i], view.anchor.pair(i).id, ++cards > cards_laid_out);
  }
  return out + "</div>\n";
}

}  // namespace reports
