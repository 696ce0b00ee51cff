#pragma once
// The documents a command is given.

#include <string>
#include <vector>

#include "reports/document.h"

namespace reports {

// All of them, so that one bad file and nothing has happened. net::CannotWork names the file, the place and the reason.
[[nodiscard]] NamedDocument read_named(const std::string& file, Attempts attempts = Attempts::OfFewHosts);
[[nodiscard]] std::vector<NamedDocument> read_all(const std::vector<std::string>& files,
                                                  Attempts attempts = Attempts::OfFewHosts);

}  // namespace reports
