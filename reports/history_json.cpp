#include "reports/history_json.h"

#include "reports/json_values.h"

namespace reports {
namespace {

Json json_entry(const HistoryEntry& entry) {
  return {{"id", entry.id},
          {"kind", entry.kind},
          {"started_at", timestamp(entry.started_at)},
          {"class", json_text(entry.nat_class)},
          {"vendor", json_text(entry.vendor)},
          {"model", json_text(entry.model)},
          {"firmware", json_text(entry.firmware)},
          {"isp", json_text(entry.isp)},
          {"site", json_text(entry.site)}};
}

}  // namespace

std::string to_json(const std::vector<HistoryEntry>& entries, bool more) {
  Json out = {{"schema", history_list_schema}, {"entries", Json::array()}, {"more", more}};
  for (const HistoryEntry& entry : entries) out["entries"].push_back(json_entry(entry));
  return document_text(out);
}

}  // namespace reports
