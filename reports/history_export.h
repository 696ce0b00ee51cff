#pragma once
// What a history keeps, as files.

#include <string>

#include "reports/history.h"

namespace reports {

// JSON Lines: one document a line, the newest first. "-" is standard output; a file is there whole or not at all.
void export_as_lines(History& history, const HistoryFilter& filter, const std::string& out);

// Each document as it was added, in a file of its own in the folder: ID.json. Names are made of ids alone, and no link
// in the folder is followed.
void export_to_folder(History& history, const HistoryFilter& filter, const std::string& folder);

}  // namespace reports
