#include "reports/history_export.h"

#include <nlohmann/json.hpp>

#include "reports/document_file.h"
#include "reports/document_folder.h"

namespace reports {

void export_as_lines(History& history, const HistoryFilter& filter, const std::string& out) {
  DocumentWriter file(out);
  history.each(filter, [&](const History::Kept& kept) {
    // It was read before it was added, so it is JSON; keys this program does not know stay.
    file.write(nlohmann::ordered_json::parse(kept.text).dump() + "\n");
  });
  file.finish();
}

void export_to_folder(History& history, const HistoryFilter& filter, const std::string& folder) {
  const DocumentFolder files(folder);
  history.each(filter, [&](const History::Kept& kept) { files.write(kept.id + ".json", kept.text); });
}

}  // namespace reports
