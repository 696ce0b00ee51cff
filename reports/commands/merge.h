#pragma once
// `natreport merge`: several documents of one kind as one (reports/merge.h).

#include "reports/options.h"

namespace reports {

[[nodiscard]] int merge(const MergeOptions& options);

}  // namespace reports
