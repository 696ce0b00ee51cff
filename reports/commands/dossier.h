#pragma once
// `natreport dossier`: what many reports say of each router model (reports/dossier.h), as JSON.

#include "reports/options.h"

namespace reports {

[[nodiscard]] int dossier(const DossierOptions& options);

}  // namespace reports
