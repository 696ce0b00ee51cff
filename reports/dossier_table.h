#pragma once
// A dossier as a table, models side by side: a row a finding. What text, Markdown and HTML print.

#include <string>
#include <vector>

#include "reports/dossier.h"

namespace reports {

struct DossierCell {
  std::string text;  // "cone", "cone (9 of 12), symmetric (3 of 12)", "unknown", "" where nobody asked
  bool varies = false;
};

struct DossierRow {
  std::string name;
  std::vector<DossierCell> cells;  // a model each
};

// The order of the findings is that of --list, those it does not know last.
[[nodiscard]] std::vector<DossierRow> dossier_rows(const std::vector<DossierModel>& models);

[[nodiscard]] DossierCell dossier_cell(const DossierFinding& finding);

// "Linksys WRT54G 1.02, IPv4"; "a router that was not named, IPv4".
[[nodiscard]] std::string title(const DossierKey& key);
// "12 reports, 1 May 2026, 10:00 UTC to 3 May 2026, 11:20 UTC"
[[nodiscard]] std::string extent(const DossierModel& model);

}  // namespace reports
