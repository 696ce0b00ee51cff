#include "reports/dossier_text.h"

#include <algorithm>

#include "reports/dossier_table.h"

namespace reports {
namespace {

constexpr std::size_t side_by_side = 4;  // more of them wrap in a terminal

std::string part_text(const std::vector<DossierModel>& models, Ink ink) {
  std::string out;
  TextRow head = {""};
  for (const DossierModel& model : models) {
    const std::string name = printable(title(model.key));
    out += inked(name, Tone::Bold, ink) + ": " + extent(model) + "\n";
    head.push_back(name);
  }
  std::vector<TextRow> rows;
  if (models.size() > 1) rows.push_back(std::move(head));
  for (const DossierRow& row : dossier_rows(models)) {
    TextRow& line = rows.emplace_back(TextRow{printable(row.name)});
    for (const DossierCell& cell : row.cells) line.push_back((cell.varies ? "~ " : "") + printable(cell.text));
  }
  return out + text_table(rows);
}

}  // namespace

std::string to_text(const Dossier& dossier, Ink ink) {
  if (dossier.models.empty()) return "no reports\n";
  std::string out;
  for (std::size_t i = 0; i < dossier.models.size(); i += side_by_side) {
    const auto from = dossier.models.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = std::min(side_by_side, dossier.models.size() - i);
    out += part_text({from, from + static_cast<std::ptrdiff_t>(count)}, ink) + "\n";
  }
  return out + "  ~ varies from report to report\n";
}

}  // namespace reports
