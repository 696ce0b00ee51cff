#pragma once
// Documents as one table for a spreadsheet: a row for each finding of each path of a probe report, for each pair of a
// matrix, for each value of a finding of a dossier. The first row has the columns' names; the first column, the
// document.

#include <string>
#include <vector>

#include "net/result.h"
#include "reports/document.h"

namespace reports {

// The error says which documents are of different kinds, whose rows no table can share.
[[nodiscard]] net::Result<std::string, std::string> to_csv(const std::vector<NamedDocument>& documents);

}  // namespace reports
