#pragma once
// `natreport history add|list|show|prune|export`: reports that are kept, in SQLite or PostgreSQL (reports/history.h).

#include "reports/options.h"

namespace reports {

[[nodiscard]] int history(const HistoryOptions& options, const net::CommonOptions& common);

}  // namespace reports
