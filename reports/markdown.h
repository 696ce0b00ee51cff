#pragma once
// Documents as Markdown (CommonMark with GitHub's tables), for an issue or a wiki. Whatever comes from a document
// stands in a code span, where no renderer takes it for markup, a link, a mention or HTML.

#include <string>
#include <string_view>
#include <vector>

#include "reports/document.h"

namespace reports {

// Foreign text, also inside a table's cell: `text`, control characters as escapes. Empty stays empty.
[[nodiscard]] std::string markdown_code(std::string_view text);

// The first row is the head. Cells are Markdown already.
[[nodiscard]] std::string markdown_table(const std::vector<std::vector<std::string>>& rows);

[[nodiscard]] std::string to_markdown(const probe::Report& report);
// Up to 30 hosts every pair; above that the pairs that did not do as predicted.
[[nodiscard]] std::string to_markdown(const MatrixDocument& document);
[[nodiscard]] std::string to_markdown(const Dossier& dossier);

// One below the other, under their names where there are several.
[[nodiscard]] std::string to_markdown(const std::vector<NamedDocument>& documents);

}  // namespace reports
