#include "reports/history_export.h"

#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "net/cannot_work.h"
#include "reports/document_file.h"
#include "reports/document_folder.h"

namespace reports {
namespace {

History::Kept shown(const History::Kept& kept, std::optional<RedactionDepth> redact) {
  if (!redact) return kept;
  const auto document = parse_document(kept.text);
  if (!document) throw net::CannotWork(fmt::format("export {}: {}", kept.id, document.error()));
  const std::string text = to_json(fresh_redaction(*redact)(*document));
  return {.id = history_id(text), .text = text};
}

}  // namespace

void export_as_lines(History& history, const HistoryFilter& filter, const std::string& out,
                     std::optional<RedactionDepth> redact) {
  DocumentWriter file(out);
  history.each(filter, [&](const History::Kept& kept) {
    // It was read before it was added, so it is JSON; keys this program does not know stay.
    file.write(nlohmann::ordered_json::parse(shown(kept, redact).text).dump() + "\n");
  });
  file.finish();
}

void export_to_folder(History& history, const HistoryFilter& filter, const std::string& folder,
                      std::optional<RedactionDepth> redact) {
  const DocumentFolder files(folder);
  history.each(filter, [&](const History::Kept& kept) {
    const auto& [id, text] = shown(kept, redact);
    files.write(id + ".json", text);
  });
}

}  // namespace reports
