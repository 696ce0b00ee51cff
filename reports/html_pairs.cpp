#include <fmt/core.h>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Attempt;
using traversal::PairOutcome;

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
  std::string out =
      fmt::format(R"(<div class="scroll" tabindex="0" role="region" aria-label="Attempts"><table><thead><tr><th)"
                  R"( scope="col" class="number">Trial</th><th scope="col">Strategy</th><th scope="col">Outcome</th>)"
                  R"(<th scope="col" class="number">Time</th><th scope="col" class="number">Packets {} / {}</th><th)"
                  R"( scope="col">Why</th></tr></thead><tbody>
)",
                  html_escaped(pair.a), html_escaped(pair.b));
  for (const Attempt& attempt : pair.attempts) out += attempt_row(attempt);
  return out + "</tbody></table></div>\n";
}

// Most of a page of 30 hosts, and closed: to a browser that runs the script it is a text until it is opened.
std::string attempts(const PairOutcome& pair) {
  if (pair.attempts.empty()) return {};
  return fmt::format(R"(<details><summary>{} {}, and what each side did</summary><noscript>{}{}</noscript></details>
)",
                     pair.attempts.size(), pair.attempts.size() == 1 ? "attempt" : "attempts", attempts_table(pair),
                     timelines(pair));
}

std::string pair_card(const PairOutcome& pair, const std::string& id) {
  const std::string why = pair.why.empty() ? std::string()
                                           : fmt::format(R"(<p class="why">{}</p>
)",
                                                         html_escaped(pair.why));
  return fmt::format(
      R"(<section class="card" id="{}">
<div class="title"><h3>{} – {}</h3><span>{} {}</span></div>
{}{}{}</section>
)",
      id, html_escaped(pair.a), html_escaped(pair.b),
      badge(look(pair.outcome), std::string(plain(pair.outcome)) + direction_words(pair)), agreement_badge(pair),
      facts(pair), why, attempts(pair));
}

}  // namespace

std::string pair_cards(const MatrixView& view) {
  if (!view.has_pair_cards() || view.document.matrix.pairs.empty()) return {};
  std::string out = R"(<h2>Pair by pair</h2>
<div class="pairs">
)";
  const auto pairs = view.placed.pairs();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (pairs[i] != nullptr) out += pair_card(*pairs[i], view.anchor.pair(i).id);
  }
  return out + "</div>\n";
}

}  // namespace reports
