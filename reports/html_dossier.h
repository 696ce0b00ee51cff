#pragma once
// A dossier in a page: models side by side, a row a finding. Internal to reports.

#include <string>

#include "reports/dossier.h"

namespace reports {

[[nodiscard]] std::string heading_of(const Dossier& dossier);
[[nodiscard]] std::string dossier_section(const Dossier& dossier);

}  // namespace reports
