#pragma once
// Documents as test cases.
//
// - A probe report: each expectation, of each path, met or not. Without any, each finding: known, or skipped with the
//   reason why it is unknown.
// - A matrix: each pair, whose expectation is the prediction; what cannot be compared is skipped.
// - A dossier: each finding of each model, which is to be constant.

#include <vector>

#include "probe/expectation.h"
#include "reports/document.h"
#include "reports/junit.h"

namespace reports {

[[nodiscard]] std::vector<JunitSuite> cases_of(const std::vector<NamedDocument>& documents,
                                               const std::vector<probe::Expectation>& expectations);

}  // namespace reports
