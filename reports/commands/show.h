#pragma once
// Any document as text for a terminal.

#include <string>

#include "reports/document.h"
#include "reports/terminal.h"

namespace reports {

[[nodiscard]] std::string shown_text(const Document& document, bool verbose, Ink ink);

}  // namespace reports
