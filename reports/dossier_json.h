#pragma once
// A dossier as JSON, schema natscope/router-dossier/1 (docs/schema/router-dossier-1.schema.json), and back.

#include <string>
#include <string_view>

#include "reports/dossier.h"

namespace reports {

inline constexpr std::string_view dossier_schema = "natscope/router-dossier/1";

[[nodiscard]] std::string to_json(const Dossier& dossier);

}  // namespace reports
