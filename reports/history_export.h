#pragma once
// What a history keeps, as files; as it is, or redacted: each document by a key of its own, and with another id, since
// that is made from the content.

#include <string>

#include "reports/history.h"
#include "reports/redaction.h"

namespace reports {

// JSON Lines: one document a line, the newest first. "-" is standard output; a file is there whole or not at all.
void export_as_lines(History& history, const HistoryFilter& filter, const std::string& out,
                     std::optional<RedactionDepth> redact = {});

// Each document as it was added, in a file of its own in the folder: ID.json. Names are made of ids alone, and no link
// in the folder is followed.
void export_to_folder(History& history, const HistoryFilter& filter, const std::string& folder,
                      std::optional<RedactionDepth> redact = {});

}  // namespace reports
