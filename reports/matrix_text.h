#pragma once
// The compatibility matrix for the terminal: hosts, a grid of symbols, one line per pair, totals with denominators.

#include <string>

#include "reports/matrix_json.h"
#include "reports/probe_report_text.h"

namespace reports {

[[nodiscard]] std::string to_text(const MatrixDocument& document, Ink ink = Ink::Plain);

}  // namespace reports
