#include "reports/history_statements.h"

#include <algorithm>

namespace reports::statements {
namespace {

// A macro, because literals are joined by the compiler and by nothing else.
#define NATSCOPE_LIST(led_by)                                                                                        \
  "SELECT id, kind, started_at, vendor, model, firmware, isp, site, class FROM natscope_history"                     \
  " WHERE ($1 = '' OR kind = $1) AND ($2 = '' OR vendor = $2) AND ($3 = '' OR model = $3)"                           \
  " AND ($4 = '' OR firmware = $4) AND ($5 = '' OR isp = $5) AND ($6 = '' OR site = $6) AND ($7 = '' OR class = $7)" \
  " AND started_at >= $8 AND started_at < $9 AND (started_at < $10 OR (started_at = $10 AND id < $11))" led_by       \
  " ORDER BY started_at DESC, id DESC LIMIT $12"

struct Lead {
  std::string HistoryFilter::*field;
  store::Sql list;
};

// The more different values a thing has, the fewer rows each of them.
constexpr std::array leads = {
    Lead{&HistoryFilter::site, NATSCOPE_LIST(" AND site = $6")},
    Lead{&HistoryFilter::model, NATSCOPE_LIST(" AND model = $3")},
    Lead{&HistoryFilter::firmware, NATSCOPE_LIST(" AND firmware = $4")},
    Lead{&HistoryFilter::vendor, NATSCOPE_LIST(" AND vendor = $2")},
    Lead{&HistoryFilter::isp, NATSCOPE_LIST(" AND isp = $5")},
    Lead{&HistoryFilter::nat_class, NATSCOPE_LIST(" AND class = $7")},
};
constexpr store::Sql by_time = NATSCOPE_LIST("");

#undef NATSCOPE_LIST

}  // namespace

const store::Schema& schema() {
  static const store::Schema tables = {
      .part = "history",
      .versions = {{
          "CREATE TABLE natscope_history (id TEXT PRIMARY KEY, kind TEXT NOT NULL, started_at BIGINT NOT NULL,"
          " added_at BIGINT NOT NULL, vendor TEXT NOT NULL, model TEXT NOT NULL, firmware TEXT NOT NULL,"
          " isp TEXT NOT NULL, site TEXT NOT NULL, class TEXT NOT NULL)",
          "CREATE TABLE natscope_history_text (id TEXT PRIMARY KEY REFERENCES natscope_history (id) ON DELETE CASCADE,"
          " document TEXT NOT NULL)",
          "CREATE INDEX natscope_history_by_time ON natscope_history (started_at, id)",
          "CREATE INDEX natscope_history_by_vendor ON natscope_history (vendor, started_at, id)",
          "CREATE INDEX natscope_history_by_model ON natscope_history (model, started_at, id)",
          "CREATE INDEX natscope_history_by_firmware ON natscope_history (firmware, started_at, id)",
          "CREATE INDEX natscope_history_by_isp ON natscope_history (isp, started_at, id)",
          "CREATE INDEX natscope_history_by_site ON natscope_history (site, started_at, id)",
          "CREATE INDEX natscope_history_by_class ON natscope_history (class, started_at, id)",
      }},
  };
  return tables;
}

store::Sql list(const HistoryFilter& filter) {
  const auto lead =
      std::find_if(leads.begin(), leads.end(), [&](const Lead& row) { return !(filter.*row.field).empty(); });
  return lead == leads.end() ? by_time : lead->list;
}

}  // namespace reports::statements
