#pragma once
// `natreport diff A B`: what differs between two reports or dossiers.

#include "reports/options.h"

namespace reports {

// 0, or with --fail-on-change 1 when a finding changed.
[[nodiscard]] int diff(const DiffOptions& options, const net::CommonOptions& common);

}  // namespace reports
