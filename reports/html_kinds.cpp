// How often each kind of NAT connected with each other kind.

#include <fmt/core.h>

#include "reports/html_escape.h"
#include "reports/html_parts.h"
#include "reports/matrix_summary.h"

namespace reports {
namespace {

// Below this many hosts the kinds say no more than the hosts themselves.
constexpr std::size_t fewest_for_kinds = 4;

// Cut, so that 100 % is all of them.
std::size_t percent_of(const Ratio& ratio) { return 100 * ratio.part / ratio.whole; }

std::string_view ratio_tone(const Ratio& ratio) {
  if (ratio.whole == 0) return "idle";
  constexpr std::size_t nearly_all = 90;
  constexpr std::size_t hardly_any = 10;
  const std::size_t percent = percent_of(ratio);
  return percent >= nearly_all ? "good" : percent < hardly_any ? "bad" : "fair";
}

std::string kind_cell(const Ratio& ratio) {
  if (ratio.whole == 0) return R"(<td class="none">–</td>)";
  return fmt::format(R"(<td class="{}"><b>{} %</b> <small>{}</small></td>)", ratio_tone(ratio), percent_of(ratio),
                     text(ratio));
}

std::string kind_row(const KindTable& table, std::size_t row) {
  std::string out = fmt::format(R"(<tr><th scope="row">{}</th><td class="number">{}</td>)",
                                html_escaped(table.kinds[row]), table.hosts[row]);
  for (std::size_t column = 0; column < table.kinds.size(); ++column) out += kind_cell(table.at(row, column));
  return out + "</tr>\n";
}

}  // namespace

std::string kinds_section(const MatrixView& view) {
  const KindTable table = kind_table(view.placed);
  if (view.placed.size() < fewest_for_kinds || table.kinds.size() >= view.placed.size()) return {};
  std::string rows =
      R"(<table class="kinds"><caption>Of the pairs of these kinds that were run, how many connected.</caption>)"
      R"(<thead><tr><td></td><th scope="col" class="number">Hosts</th>)";
  for (const auto& kind : table.kinds) rows += fmt::format(R"(<th scope="col">{}</th>)", html_escaped(kind));
  rows += "</tr></thead><tbody>\n";
  for (std::size_t row = 0; row < table.kinds.size(); ++row) rows += kind_row(table, row);
  return fmt::format(R"(<h2>By kind of NAT</h2>
<div class="card">{}</div>
)",
                     scroll_region("By kind of NAT", rows + "</tbody></table>"));
}

}  // namespace reports
