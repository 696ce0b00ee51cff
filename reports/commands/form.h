#pragma once
// `natreport html|text|markdown|csv|junit`: documents in another form.

#include "reports/options.h"

namespace reports {

// 0; 1 when an expectation of junit is not met.
[[nodiscard]] int form(const FormOptions& options, const net::CommonOptions& common);

}  // namespace reports
