// The pairwise matrix as a table: words in every cell for a few hosts; for more the symbol of what was observed, and
// below it, smaller, that of what theory predicts.

#include <fmt/core.h>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"
#include "reports/plain_words.h"

namespace reports {
namespace {

using traversal::Outcome;
using traversal::PairOutcome;

// Up to this many hosts a cell says everything in words; beyond, in symbols.
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

std::string_view differs_class(const PairOutcome& pair) {
  return agreement(pair) == Agreement::Disagrees ? " differs" : "";
}

std::string worded_cell(const PairOutcome& pair, const std::string& id) {
  const std::string time =
      pair.connect ? fmt::format("{}, {} of {}", duration_words(pair.connect->median), pair.successes, pair.trials)
                   : fmt::format("{} of {} trials", pair.successes, pair.trials);
  return fmt::format(R"(<a class="cell {}{}" href="#{}"><span class="observed"><span aria-hidden="true">{}</span>)"
                     R"( {}</span><span class="time">{}</span><span class="theory">{}</span></a>)",
                     look(pair.outcome).tone, differs_class(pair), id, look(pair.outcome).symbol, short_outcome(pair),
                     time, theory_line(pair));
}

std::string symbol_cell(const PairOutcome& pair, const std::string& id) {
  const std::string words = html_escaped(fmt::format("{} – {}: {}, {}; {}", pair.a, pair.b, short_outcome(pair),
                                                     text({pair.successes, pair.trials}), theory_line(pair)));
  return fmt::format(R"(<a class="cell {}{}" title="{}" aria-label="{}" href="#{}">{}<small class="{}">{}</small></a>)",
                     look(pair.outcome).tone, differs_class(pair), words, words, id, look(pair.outcome).symbol,
                     look(pair.predicted).tone, look(pair.predicted).symbol);
}

using Cell = std::string (*)(const PairOutcome& pair, const std::string& id);

std::string host_heading(const MatrixView& view, std::size_t place, bool dense) {
  const traversal::Host& host = view.placed.host(place);
  const std::string kind =
      dense ? std::string() : fmt::format(R"(<span class="kind">{}</span>)", html_escaped(kind_of(host.behavior)));
  return fmt::format(R"(<a class="host" href="#{}">{}</a>{})", view.anchor.host(place).id, html_escaped(host.name),
                     kind);
}

std::string matrix_row(const MatrixView& view, std::size_t row, Cell cell, bool dense) {
  std::string out = fmt::format(R"(<tr><th scope="row">{}</th>)", host_heading(view, row, dense));
  for (std::size_t column = 0; column < view.placed.size(); ++column) {
    if (const PairOutcome* pair = view.placed.pair(row, column)) {
      out += fmt::format("<td>{}</td>", cell(*pair, view.anchor.pair(view.placed.index(row, column)).id));
    } else {
      out += row == column ? R"(<td class="self">–</td>)" : R"(<td class="self">no pair</td>)";
    }
  }
  return out + "</tr>\n";
}

std::string matrix_table(const MatrixView& view, std::string_view caption, Cell cell, bool dense) {
  std::string out = fmt::format(R"(<table class="matrix{}"><caption>{}</caption>)", dense ? " dense" : "", caption);
  out += R"(<thead><tr><td class="corner"></td>)";
  for (std::size_t i = 0; i < view.placed.size(); ++i) {
    out += fmt::format(R"(<th scope="col">{}</th>)", host_heading(view, i, dense));
  }
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t i = 0; i < view.placed.size(); ++i) out += matrix_row(view, i, cell, dense);
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
<li>Below, what theory predicts:</li>
<li class="good"><b>● direct</b></li>
<li class="fair"><b>1</b> one port to guess</li>
<li class="bad"><b>1+1</b> two, in turn</li>
<li class="bad"><b>2</b> two at once</li>
<li class="bad"><b>✕ impossible</b></li>
<li class="idle"><b>=</b> same NAT, <b>?</b> unknown</li>
</ul>
)";

}  // namespace

std::string matrix_card(const MatrixView& view) {
  const bool dense = view.placed.size() > most_worded;
  constexpr std::string_view worded_caption =
      "What was observed between each two hosts, and below it what theory predicts from their NATs.";
  constexpr std::string_view dense_caption =
      "The hosts from the most open NAT to the least. Large: what was observed; below, small: what theory predicts.";
  const std::string table =
      matrix_table(view, dense ? dense_caption : worded_caption, dense ? symbol_cell : worded_cell, dense);
  return fmt::format(R"(<div class="card">{}{}{}</div>
)",
                     scroll_region("Pairwise matrix", table, dense ? "" : " bleed"), legend,
                     dense ? predicted_legend : "");
}

}  // namespace reports
