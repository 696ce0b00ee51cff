#pragma once
// The tables of the history and every statement about them: literals, the same for SQLite and PostgreSQL.
//
// What is looked for stands in a table of its own: a list reads no document. An index for each thing one may look for,
// with the time beside it, gives the newest first without sorting; the rest of a filter is checked row by row.

#include <array>
#include <string_view>

#include "reports/history.h"
#include "store/open.h"

namespace reports::statements {

[[nodiscard]] const store::Schema& schema();

inline constexpr store::Sql add_entry =
    "INSERT INTO natscope_history (id, kind, started_at, added_at, vendor, model, firmware, isp, site, class)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (id) DO NOTHING";
inline constexpr store::Sql add_text = "INSERT INTO natscope_history_text (id, document) VALUES ($1, $2)";
inline constexpr store::Sql find =
    "SELECT id, document FROM natscope_history_text WHERE id >= $1 AND id < $2 ORDER BY id LIMIT 2";
inline constexpr store::Sql text = "SELECT document FROM natscope_history_text WHERE id = $1";
inline constexpr store::Sql prune =
    "DELETE FROM natscope_history WHERE started_at < $1 OR added_at < $1";  // and their texts
inline constexpr store::Sql count = "SELECT count(*) FROM natscope_history";

// The list, led by the index of what the filter names that is found fewest times. Parameters: kind, vendor, model,
// firmware, isp, site, class; since, until; the entry before the first, by time and id; how many.
[[nodiscard]] store::Sql list(const HistoryFilter& filter);

}  // namespace reports::statements
