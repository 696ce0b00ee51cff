#pragma once
// The table of `natreflector check` as a document (docs/schema/check-report-1.schema.json) and as text.

#include <string>
#include <vector>

#include "reports/terminal.h"

namespace reports {

struct CheckLine {
  std::string about;  // what was checked: "192.0.2.1:3478"
  std::string check;  // the check's name
  std::string verdict;  // ok, warning, fault
  std::string seen;
  std::string advice;  // empty: none
};

struct CheckReport {
  std::vector<std::string> hosts;  // as they were given
  std::vector<CheckLine> checks;
};

[[nodiscard]] std::string to_json(const CheckReport& report);

// A line a check, grouped by what they are about, with advice below what is not well; last how many faults and warnings
// there are. `brief`: only what is not well.
[[nodiscard]] std::string text_of(const CheckReport& report, bool brief, Ink ink);

}  // namespace reports
