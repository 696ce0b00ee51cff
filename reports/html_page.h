#pragma once
// One self-contained HTML file: readable without JavaScript (it has none), dark and light, printable, no request
// leaves it: its content security policy allows its own style sheet, by hash, and nothing else.

#include <string>
#include <vector>

#include "reports/document.h"

namespace reports {

[[nodiscard]] std::string to_html(const probe::Report& report);
[[nodiscard]] std::string to_html(const MatrixDocument& document);

// Several documents as sections of one page, under their names.
[[nodiscard]] std::string to_html(const std::vector<NamedDocument>& documents);

}  // namespace reports
