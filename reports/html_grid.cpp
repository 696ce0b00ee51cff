// The pairwise matrix as a table: words in every cell for a few hosts, a character a cell for many.

#include <fmt/core.h>

#include <array>
#include <functional>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Matrix;
using traversal::Outcome;
using traversal::PairOutcome;

// Up to this many hosts a cell says everything in words; beyond, a symbol.
constexpr std::size_t most_worded = 6;

std::string theory_line(const PairOutcome& pair) {
  switch (agreement(pair)) {
    case Agreement::AsPredicted: return fmt::format("= theory: {}", plain(pair.predicted));
    case Agreement::Disagrees: return fmt::format("≠ theory: {}", plain(pair.predicted));
    case Agreement::NotComparable: break;
  }
  return fmt::format("theory: {}", plain(pair.predicted));
}

std::string short_outcome(const PairOutcome& pair) {
  switch (pair.outcome) {
    case Outcome::Direct: return "direct";
    case Outcome::Asymmetric: return "two paths";
    case Outcome::OneWay: return "one way";
    case Outcome::Failed: return "failed";
    case Outcome::AgentLost: return "lost";
    case Outcome::NotRun: return "not run";
  }
  return {};
}

std::string worded_cell(const PairOutcome& pair, const std::string& id) {
  const std::string time =
      pair.connect ? fmt::format("{}, {} of {}", duration_words(pair.connect->median), pair.successes, pair.trials)
                   : fmt::format("{} of {} trials", pair.successes, pair.trials);
  return fmt::format(R"(<a class="cell {}{}" href="#{}"><span class="observed"><span aria-hidden="true">{}</span>)"
                     R"( {}</span><span class="time">{}</span><span class="theory">{}</span></a>)",
                     tone(pair.outcome), agreement(pair) == Agreement::Disagrees ? " differs" : "", id,
                     symbol(pair.outcome), short_outcome(pair), time, theory_line(pair));
}

// One character, coloured and named; a link where there is a card to go to.
std::string symbol_cell(std::string_view classes, std::string_view content, const std::string& words,
                        const std::string& target) {
  const std::string named =
      fmt::format(R"(class="cell {0}" title="{1}" aria-label="{1}")", classes, html_escaped(words));
  return target.empty() ? fmt::format(R"(<span role="img" {}>{}</span>)", named, content)
                        : fmt::format(R"(<a {} href="#{}">{}</a>)", named, target, content);
}

std::string observed_cell(const PairOutcome& pair, const std::string& target) {
  const bool differs = agreement(pair) == Agreement::Disagrees;
  return symbol_cell(fmt::format("{}{}", tone(pair.outcome), differs ? " differs" : ""),
                     fmt::format("{}{}", symbol(pair.outcome), differs ? "≠" : ""),
                     fmt::format("{} – {}: {}, {}; {}", pair.a, pair.b, short_outcome(pair),
                                 text({pair.successes, pair.trials}), theory_line(pair)),
                     target);
}

std::string predicted_cell(const PairOutcome& pair, const std::string& target) {
  struct Look {
    std::string_view tone;
    std::string_view symbol;
  };
  constexpr std::array<Look, 7> looks = {
      {{"good", "●"}, {"fair", "1"}, {"bad", "1+1"}, {"bad", "2"}, {"bad", "✕"}, {"idle", "="}, {"idle", "?"}}};
  const Look& look = looks[static_cast<std::size_t>(pair.predicted)];
  return symbol_cell(look.tone, look.symbol, fmt::format("{} – {}: {}", pair.a, pair.b, plain(pair.predicted)), target);
}

std::string host_heading(const traversal::Host& host, const std::string& id, bool dense) {
  const std::string kind =
      dense ? std::string() : fmt::format(R"(<span class="kind">{}</span>)", html_escaped(kind_of(host.behavior)));
  return fmt::format(R"(<a class="host" href="#{}">{}</a>{})", id, html_escaped(host.name), kind);
}

using Cell = std::function<std::string(const PairOutcome&, const std::string& target)>;

std::string matrix_row(const Matrix& matrix, std::size_t row, const PairIndex& index, const Anchor& anchor,
                       const Cell& cell, bool dense) {
  std::string out =
      fmt::format(R"(<tr><th scope="row">{}</th>)", host_heading(matrix.hosts[row], anchor.host(row).id, dense));
  for (std::size_t column = 0; column < matrix.hosts.size(); ++column) {
    const auto pair = index.find(matrix.hosts[row].name, matrix.hosts[column].name);
    if (pair) {
      const std::string target = shows_pair_cards(matrix) ? anchor.pair(*pair).id : std::string();
      out += fmt::format("<td>{}</td>", cell(matrix.pairs[*pair], target));
    } else {
      out += row == column ? R"(<td class="self">–</td>)" : R"(<td class="self">no pair</td>)";
    }
  }
  return out + "</tr>\n";
}

std::string matrix_table(const Matrix& matrix, const Anchor& anchor, std::string_view caption, const Cell& cell,
                         bool dense) {
  const PairIndex index(matrix);
  std::string out = fmt::format(R"(<table class="matrix{}"><caption>{}</caption>)", dense ? " dense" : "", caption);
  out += R"(<thead><tr><td class="corner"></td>)";
  for (std::size_t i = 0; i < matrix.hosts.size(); ++i) {
    out += fmt::format(R"(<th scope="col">{}</th>)", host_heading(matrix.hosts[i], anchor.host(i).id, dense));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < matrix.hosts.size(); ++i) out += matrix_row(matrix, i, index, anchor, cell, dense);
  return out + "</tbody></table>\n";
}

constexpr std::string_view legend = R"(<ul class="legend" aria-label="Legend">
<li class="good"><b>● direct</b> both sides proved it</li>
<li class="fair"><b>◐ two paths</b> each direction on its own</li>
<li class="fair"><b>◔ one way</b></li>
<li class="bad"><b>✕ failed</b></li>
<li class="idle"><b>? lost</b>, <b>· not run</b></li>
<li class="fair"><b>≠</b> theory said otherwise</li>
</ul>
)";
constexpr std::string_view predicted_legend = R"(<ul class="legend" aria-label="Legend of the prediction">
<li class="good"><b>● direct</b></li>
<li class="fair"><b>1</b> one port to guess</li>
<li class="bad"><b>1+1</b> two, in turn</li>
<li class="bad"><b>2</b> two at once</li>
<li class="bad"><b>✕ impossible</b></li>
<li class="idle"><b>=</b> same NAT, <b>?</b> unknown</li>
</ul>
)";

}  // namespace

// A few hosts: words in every cell. More: a character a cell, prediction and observation side by side.
std::string matrix_card(const Matrix& matrix, const Anchor& anchor) {
  if (matrix.hosts.size() <= most_worded) {
    constexpr std::string_view caption =
        "What was observed between each two hosts, and below it what theory predicts from their NATs.";
    return fmt::format(
        R"(<div class="card">{}{}</div>
)",
        scroll_region("Pairwise matrix", matrix_table(matrix, anchor, caption, worded_cell, false), " bleed"), legend);
  }
  const std::string observed = matrix_table(matrix, anchor, "Observed", observed_cell, true);
  const std::string predicted = matrix_table(matrix, anchor, "Predicted", predicted_cell, true);
  return fmt::format(R"(<div class="card beside"><div>{}{}</div><div>{}{}</div></div>
)",
                     scroll_region("Pairwise matrix, observed", observed), legend,
                     scroll_region("Pairwise matrix, predicted", predicted), predicted_legend);
}

}  // namespace reports
