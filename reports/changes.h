#pragma once
// What is another answer than before, for natprobe --watch.

#include <string>
#include <vector>

#include "probe/report.h"

namespace reports {

// One line for each change from one run to the next over the same path: "mapping: endpoint-independent -> unknown".
// Compared are the class, the values of all findings, our external address (its port is another one every time) and
// which reflectors answered. Empty: the same answer.
[[nodiscard]] std::vector<std::string> changes(const probe::Report& before, const probe::Report& after);

}  // namespace reports
