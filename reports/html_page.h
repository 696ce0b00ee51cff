#pragma once
// One self-contained HTML file: readable without JavaScript, dark and light, printable, no request leaves it: its
// content security policy allows its own style sheet and script, by hash, and nothing else. Up to 30 hosts every pair
// has a card with its attempts; with more there is a picture of them, and a card says how a pair fared and where the
// rest is.

#include <string>
#include <vector>

#include "reports/document.h"

namespace reports {

inline constexpr std::size_t most_hosts_of_a_page = 2000;  // a matrix of more is refused: net::CannotWork

[[nodiscard]] std::string to_html(const probe::Report& report);
[[nodiscard]] std::string to_html(const MatrixDocument& document);

// Several documents as sections of one page, under their names.
[[nodiscard]] std::string to_html(const std::vector<NamedDocument>& documents);

}  // namespace reports
