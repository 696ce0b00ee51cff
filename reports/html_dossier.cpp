#include "reports/html_dossier.h"

#include <fmt/core.h>

#include "reports/dossier_table.h"
#include "reports/html_escape.h"
#include "reports/html_parts.h"

namespace reports {
namespace {

std::string model_heads(const Dossier& dossier) {
  std::string out = "<tr><td></td>";
  for (const DossierModel& model : dossier.models) {
    out += fmt::format(R"(<th scope="col">{}<br><span class="note">{}</span></th>)", html_escaped(title(model.key)),
                       extent(model));
  }
  return out + "</tr>";
}

std::string cell_markup(const DossierCell& cell) {
  return fmt::format("<td>{}{}</td>", cell.varies ? "<b>varies</b>: " : "", html_escaped(cell.text));
}

std::string finding_rows(const Dossier& dossier) {
  std::string out;
  for (const DossierRow& row : dossier_rows(dossier.models)) {
    out += fmt::format(R"(<tr><th scope="row">{}</th>)", html_escaped(row.name));
    for (const DossierCell& cell : row.cells) out += cell_markup(cell);
    out += "</tr>\n";
  }
  return out;
}

}  // namespace

std::string heading_of(const Dossier& dossier) {
  return fmt::format("{} router{}, side by side", dossier.models.size(), dossier.models.size() == 1 ? "" : "s");
}

std::string dossier_section(const Dossier& dossier) {
  const std::string table = fmt::format(
      "<table><caption>What their reports found; counts where it was not the same in "
      "all.</caption><thead>{}</thead><tbody>\n{}</tbody></table>",
      model_heads(dossier), finding_rows(dossier));
  return fmt::format("<h1>{}</h1>\n<div class=\"card\">{}</div>\n", heading_of(dossier),
                     scroll_region("Routers side by side", table));
}

}  // namespace reports
