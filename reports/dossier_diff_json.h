#pragma once
// What differs between two dossiers as JSON, schema natscope/difference/1 (docs/schema/difference-1.schema.json). It is
// written for scripts and not read back.

#include <string>
#include <string_view>
#include <vector>

#include "reports/dossier_diff.h"

namespace reports {

inline constexpr std::string_view difference_schema = "natscope/difference/1";

[[nodiscard]] std::string to_json(const std::vector<ModelDifference>& differences);

}  // namespace reports
