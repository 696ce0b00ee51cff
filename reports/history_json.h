#pragma once
// A list of reports that are kept as JSON, schema natscope/history-list/1 (docs/schema/history-list-1.schema.json). It
// is written for scripts and not read back; the documents themselves are exported.

#include <string>
#include <string_view>
#include <vector>

#include "reports/history.h"

namespace reports {

inline constexpr std::string_view history_list_schema = "natscope/history-list/1";

// `more`: older ones were left out.
[[nodiscard]] std::string to_json(const std::vector<HistoryEntry>& entries, bool more);

}  // namespace reports
